/* The runtime by TensorFlow Lite's C interface, as Android's libtensorflowlite_jni.so and the
 * libtensorflowlite_c.so of small boards export it. */
#include <stdlib.h>

#include "runtime.h"
#include "tflite_c.h"

struct Runtime {
  TfLiteModel* model; /* Lives longer than its interpreter, which reads it. */
  TfLiteInterpreter* interpreter;
  TfLiteTensor* input;
};

const char* runtime_name(void) { return "tflite"; }
const char* runtime_version(void) { return TfLiteVersion(); }
Runtime* runtime_new(void) { return calloc(1, sizeof(Runtime)); }

void runtime_delete(Runtime* runtime) {
  if (runtime->interpreter != NULL) TfLiteInterpreterDelete(runtime->interpreter);
  if (runtime->model != NULL) TfLiteModelDelete(runtime->model);
  free(runtime);
}

static TfLiteInterpreter* create_interpreter(const TfLiteModel* model, int32_t threads) {
  TfLiteInterpreterOptions* const options = TfLiteInterpreterOptionsCreate();
  if (options == NULL) return NULL;
  TfLiteInterpreterOptionsSetNumThreads(options, threads);
  TfLiteInterpreter* const interpreter = TfLiteInterpreterCreate(model, options);
  TfLiteInterpreterOptionsDelete(options);
  return interpreter;
}

static int is_image(const TfLiteTensor* tensor) {
  return TfLiteTensorNumDims(tensor) == 4 && TfLiteTensorDim(tensor, 3) == 3 &&
         TfLiteTensorType(tensor) == kTfLiteUInt8;
}

/* Leaves the size alone where the model is not one that this program can use. */
static const char* inspect(Runtime* runtime, Size* size) {
  if (TfLiteInterpreterGetInputTensorCount(runtime->interpreter) != 1) {
    return "the model has not one input";
  }
  runtime->input = TfLiteInterpreterGetInputTensor(runtime->interpreter, 0);
  if (!is_image(runtime->input)) return "the model's input is not an RGB image in bytes";
  if (TfLiteInterpreterGetOutputTensorCount(runtime->interpreter) != kOutputs) {
    return "the model's outputs are not boxes, classes, scores and a count";
  }
  *size = (Size){TfLiteTensorDim(runtime->input, 2), TfLiteTensorDim(runtime->input, 1)};
  return NULL;
}

const char* runtime_load(Runtime* runtime, const char* model_file, int32_t threads, Size* input) {
  runtime->model = TfLiteModelCreateFromFile(model_file);
  if (runtime->model == NULL) return "TensorFlow Lite cannot read the model";
  runtime->interpreter = create_interpreter(runtime->model, threads);
  if (runtime->interpreter == NULL) return "TensorFlow Lite cannot interpret the model";
  if (TfLiteInterpreterAllocateTensors(runtime->interpreter) != kTfLiteOk) {
    return "TensorFlow Lite cannot allocate the model's tensors";
  }
  return inspect(runtime, input);
}

const char* runtime_lock_input(Runtime* runtime, uint8_t** pixels) {
  *pixels = TfLiteTensorData(runtime->input);
  return *pixels == NULL ? "TensorFlow Lite cannot take the image" : NULL;
}

static const char* read_output(const Runtime* runtime, int32_t index, Output* output) {
  const TfLiteTensor* tensor = TfLiteInterpreterGetOutputTensor(runtime->interpreter, index);
  if (TfLiteTensorType(tensor) != kTfLiteFloat32) return "the model's outputs are not numbers";
  *output = (Output){TfLiteTensorData(tensor), TfLiteTensorByteSize(tensor) / sizeof(float)};
  return output->values == NULL ? "TensorFlow Lite cannot return an output" : NULL;
}

const char* runtime_run(Runtime* runtime, Output outputs[kOutputs]) {
  if (TfLiteInterpreterInvoke(runtime->interpreter) != kTfLiteOk) {
    return "TensorFlow Lite cannot run the model";
  }
  for (int32_t i = 0; i < kOutputs; ++i) {
    const char* const error = read_output(runtime, i, &outputs[i]);
    if (error != NULL) return error;
  }
  return NULL;
}
