/* TensorFlow Lite's C interface for a model that always finds a cat in the middle: it needs no model
 * file, and a mutex, so that the C library below it has something to do. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
  float* data;
  size_t bytes;
} Tensor;

static unsigned char pixels[4 * 4 * 3];
static float boxes[] = {0.25f, 0.25f, 0.75f, 0.75f}, class_ids[] = {16}, scores[] = {0.5f}, count[] = {1};
static Tensor input = {(float*)pixels, sizeof pixels};
static Tensor outputs[] = {
    {boxes, sizeof boxes}, {class_ids, sizeof class_ids}, {scores, sizeof scores}, {count, sizeof count}};
static int32_t mutex[10];

int pthread_mutex_lock(void* mutex);
int pthread_mutex_unlock(void* mutex);

const char* TfLiteVersion(void) { return "fake"; }
void* TfLiteModelCreateFromFile(const char* file) { return file == NULL ? NULL : malloc(1); }
void TfLiteModelDelete(void* model) { free(model); }
void* TfLiteInterpreterOptionsCreate(void) { return malloc(1); }
void TfLiteInterpreterOptionsDelete(void* options) { free(options); }
void TfLiteInterpreterOptionsSetNumThreads(void* options, int32_t n) { (void)options, (void)n; }
void* TfLiteInterpreterCreate(void* model, void* options) { return options ? model : NULL; }
void TfLiteInterpreterDelete(void* interpreter) { (void)interpreter; }
int TfLiteInterpreterAllocateTensors(void* interpreter) { return interpreter == NULL; }
int TfLiteInterpreterInvoke(void* interpreter) {
  (void)interpreter;
  /* The score is the picture's first sample. */
  scores[0] = (float)pixels[0] / 256.0f;
  return pthread_mutex_lock(mutex) + pthread_mutex_unlock(mutex);
}
int32_t TfLiteInterpreterGetInputTensorCount(void* interpreter) { return interpreter != NULL; }
Tensor* TfLiteInterpreterGetInputTensor(void* interpreter, int32_t i) {
  return interpreter != NULL && i == 0 ? &input : NULL;
}
int32_t TfLiteInterpreterGetOutputTensorCount(void* interpreter) { return interpreter ? 4 : 0; }
Tensor* TfLiteInterpreterGetOutputTensor(void* interpreter, int32_t i) {
  return interpreter != NULL ? &outputs[i] : NULL;
}
int TfLiteTensorType(const Tensor* tensor) { return tensor == &input ? 3 : 1; }
int32_t TfLiteTensorNumDims(const Tensor* tensor) { return tensor == &input ? 4 : 1; }
int32_t TfLiteTensorDim(const Tensor* tensor, int32_t i) { return tensor == &input && i == 3 ? 3 : 4; }
size_t TfLiteTensorByteSize(const Tensor* tensor) { return tensor->bytes; }
void* TfLiteTensorData(const Tensor* tensor) { return tensor->data; }
