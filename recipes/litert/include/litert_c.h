/* The part of LiteRT's C interface that ckpm's programs call, declared by hand.
 *
 * The PyPI package `ai-edge-litert` ships the library libLiteRt.so without headers. Names, argument
 * orders, enum values and struct layouts were looked up in the Apache-2.0 project
 * https://github.com/google-ai-edge/LiteRT, directory litert/c, at commit f6745779 (21 August 2026),
 * and tried with ai-edge-litert 2.3.0. No other version was tried, and the project does not
 * promise a stable binary interface, so a recipe that uses this header pins the version.
 */
#ifndef CKPM_LITERT_C_H
#define CKPM_LITERT_C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Objects, which only the library looks into. */
typedef struct LiteRtEnvironmentT* LiteRtEnvironment;
typedef struct LiteRtModelT* LiteRtModel;
typedef struct LiteRtSubgraphT* LiteRtSubgraph;
typedef struct LiteRtTensorT* LiteRtTensor;
typedef struct LiteRtOptionsT* LiteRtOptions;
typedef struct LiteRtOpaqueOptionsT* LiteRtOpaqueOptions;
typedef struct LiteRtCompiledModelT* LiteRtCompiledModel;
typedef struct LiteRtTensorBufferT* LiteRtTensorBuffer;
typedef struct LiteRtTensorBufferRequirementsT* LiteRtTensorBufferRequirements;

/* 0 is success; the library has many kinds of failure, told apart by number. */
typedef int LiteRtStatus;
enum { kLiteRtStatusOk = 0 };

/* A set of bits. */
typedef int LiteRtHwAcceleratorSet;
enum { kLiteRtHwAcceleratorCpu = 1 };

typedef int LiteRtTensorBufferLockMode;
enum { kLiteRtTensorBufferLockModeRead = 0, kLiteRtTensorBufferLockModeWrite = 1 };

typedef int LiteRtElementType;
enum {
  kLiteRtElementTypeFloat32 = 1,
  kLiteRtElementTypeUInt8 = 3,
  kLiteRtElementTypeInt8 = 9
};

typedef size_t LiteRtParamIndex;

enum { kLiteRtMaxRank = 8 };

typedef struct {
  unsigned int rank : 7;
  unsigned int has_strides : 1;
  int32_t dimensions[kLiteRtMaxRank]; /* The first `rank` count; negative means not yet known. */
  uint32_t strides[kLiteRtMaxRank];
} LiteRtLayout;

typedef struct {
  LiteRtElementType element_type;
  LiteRtLayout layout;
} LiteRtRankedTensorType;

/* The environment's options are not used here: pass 0 and a null pointer. */
LiteRtStatus LiteRtCreateEnvironment(int count, const void* options, LiteRtEnvironment* result);
void LiteRtDestroyEnvironment(LiteRtEnvironment environment);

LiteRtStatus LiteRtCreateModelFromFile(LiteRtEnvironment environment, const char* file,
                                       LiteRtModel* result);
void LiteRtDestroyModel(LiteRtModel model);
LiteRtStatus LiteRtGetMainModelSubgraphIndex(LiteRtModel model, LiteRtParamIndex* result);
LiteRtStatus LiteRtGetModelSubgraph(LiteRtModel model, LiteRtParamIndex index,
                                    LiteRtSubgraph* result);
LiteRtStatus LiteRtGetNumSubgraphInputs(LiteRtSubgraph subgraph, LiteRtParamIndex* result);
LiteRtStatus LiteRtGetSubgraphInput(LiteRtSubgraph subgraph, LiteRtParamIndex index,
                                    LiteRtTensor* result);
LiteRtStatus LiteRtGetNumSubgraphOutputs(LiteRtSubgraph subgraph, LiteRtParamIndex* result);
LiteRtStatus LiteRtGetSubgraphOutput(LiteRtSubgraph subgraph, LiteRtParamIndex index,
                                     LiteRtTensor* result);
LiteRtStatus LiteRtGetRankedTensorType(LiteRtTensor tensor, LiteRtRankedTensorType* result);

LiteRtStatus LiteRtCreateOptions(LiteRtOptions* result);
void LiteRtDestroyOptions(LiteRtOptions options);
LiteRtStatus LiteRtSetOptionsHardwareAccelerators(LiteRtOptions options,
                                                  LiteRtHwAcceleratorSet accelerators);

/* Options of one backend. The CPU's are called "xnnpack" and are TOML text, `num_threads = 2`.
 * `destroy` is called with `payload` in the end; LiteRtAddOpaqueOptions takes the ownership. */
LiteRtStatus LiteRtCreateOpaqueOptions(const char* backend, void* payload,
                                       void (*destroy)(void* payload),
                                       LiteRtOpaqueOptions* result);
LiteRtStatus LiteRtAddOpaqueOptions(LiteRtOptions options, LiteRtOpaqueOptions added);

LiteRtStatus LiteRtCreateCompiledModel(LiteRtEnvironment environment, LiteRtModel model,
                                       LiteRtOptions options, LiteRtCompiledModel* result);
void LiteRtDestroyCompiledModel(LiteRtCompiledModel compiled);
LiteRtStatus LiteRtGetCompiledModelInputBufferRequirements(
    LiteRtCompiledModel compiled, LiteRtParamIndex signature, LiteRtParamIndex input,
    LiteRtTensorBufferRequirements* result);
LiteRtStatus LiteRtGetCompiledModelOutputBufferRequirements(
    LiteRtCompiledModel compiled, LiteRtParamIndex signature, LiteRtParamIndex output,
    LiteRtTensorBufferRequirements* result);
/* Fills rank and dimensions only. With `allocate` the model is prepared first, without which the
 * shapes are those of the file, where non-max suppression has none. */
LiteRtStatus LiteRtGetCompiledModelOutputTensorLayouts(LiteRtCompiledModel compiled,
                                                       LiteRtParamIndex signature, size_t count,
                                                       LiteRtLayout* layouts, bool allocate);
LiteRtStatus LiteRtRunCompiledModel(LiteRtCompiledModel compiled, LiteRtParamIndex signature,
                                    size_t input_count, LiteRtTensorBuffer* inputs,
                                    size_t output_count, LiteRtTensorBuffer* outputs);

LiteRtStatus LiteRtCreateManagedTensorBufferFromRequirements(
    LiteRtEnvironment environment, const LiteRtRankedTensorType* type,
    LiteRtTensorBufferRequirements requirements, LiteRtTensorBuffer* result);
void LiteRtDestroyTensorBuffer(LiteRtTensorBuffer buffer);
LiteRtStatus LiteRtGetTensorBufferPackedSize(LiteRtTensorBuffer buffer, size_t* bytes);
LiteRtStatus LiteRtLockTensorBuffer(LiteRtTensorBuffer buffer, void** address,
                                    LiteRtTensorBufferLockMode mode);
LiteRtStatus LiteRtUnlockTensorBuffer(LiteRtTensorBuffer buffer);

#ifdef __cplusplus
}
#endif

#endif
