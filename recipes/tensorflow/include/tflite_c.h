/* The part of TensorFlow Lite's C interface that ckpm's programs call, declared by hand.
 *
 * Android's libtensorflowlite_jni.so and the libtensorflowlite_c.so of the PyPI package
 * `pymicro-wakeword` export it; libLiteRt.so of `ai-edge-litert` 2.3.0 does not (see litert_c.h).
 * Names, argument orders and enum values were looked up in the Apache-2.0 project
 * https://github.com/google-ai-edge/LiteRT, directory tflite/core/c, at commit f6745779
 * (21 August 2026); they are the same in TensorFlow Lite 2.12 and 2.14, and were tried with 2.14.0
 * and 2.17.1.
 */
#ifndef CKPM_TFLITE_C_H
#define CKPM_TFLITE_C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Objects, which only the library looks into. */
typedef struct TfLiteModel TfLiteModel;
typedef struct TfLiteInterpreterOptions TfLiteInterpreterOptions;
typedef struct TfLiteInterpreter TfLiteInterpreter;
typedef struct TfLiteTensor TfLiteTensor;

/* 0 is success. */
typedef int TfLiteStatus;
enum { kTfLiteOk = 0 };

typedef int TfLiteType;
enum { kTfLiteFloat32 = 1, kTfLiteUInt8 = 3, kTfLiteInt8 = 9 };

const char* TfLiteVersion(void);

/* The model must outlive its interpreters; null is returned on failure. */
TfLiteModel* TfLiteModelCreateFromFile(const char* file);
void TfLiteModelDelete(TfLiteModel* model);

TfLiteInterpreterOptions* TfLiteInterpreterOptionsCreate(void);
void TfLiteInterpreterOptionsDelete(TfLiteInterpreterOptions* options);
void TfLiteInterpreterOptionsSetNumThreads(TfLiteInterpreterOptions* options, int32_t threads);

TfLiteInterpreter* TfLiteInterpreterCreate(const TfLiteModel* model,
                                           const TfLiteInterpreterOptions* options);
void TfLiteInterpreterDelete(TfLiteInterpreter* interpreter);
TfLiteStatus TfLiteInterpreterAllocateTensors(TfLiteInterpreter* interpreter);
TfLiteStatus TfLiteInterpreterInvoke(TfLiteInterpreter* interpreter);
int32_t TfLiteInterpreterGetInputTensorCount(const TfLiteInterpreter* interpreter);
TfLiteTensor* TfLiteInterpreterGetInputTensor(const TfLiteInterpreter* interpreter, int32_t index);
int32_t TfLiteInterpreterGetOutputTensorCount(const TfLiteInterpreter* interpreter);
const TfLiteTensor* TfLiteInterpreterGetOutputTensor(const TfLiteInterpreter* interpreter,
                                                     int32_t index);

TfLiteType TfLiteTensorType(const TfLiteTensor* tensor);
int32_t TfLiteTensorNumDims(const TfLiteTensor* tensor);
int32_t TfLiteTensorDim(const TfLiteTensor* tensor, int32_t index);
size_t TfLiteTensorByteSize(const TfLiteTensor* tensor);

/* The tensor's own memory, which may move when tensors are allocated; null before that. */
void* TfLiteTensorData(const TfLiteTensor* tensor);

#ifdef __cplusplus
}
#endif

#endif
