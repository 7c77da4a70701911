/* The runtime by LiteRT's own C interface, as the PyPI package `ai-edge-litert` ships it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "litert_c.h"
#include "runtime.h"

static const LiteRtParamIndex kSignature = 0;

/* In the order of creation: what comes later needs what came before. */
struct Runtime {
  LiteRtEnvironment environment;
  LiteRtModel model;
  LiteRtCompiledModel compiled;
  LiteRtRankedTensorType input_type;
  LiteRtTensorBuffer input;
  LiteRtTensorBuffer outputs[kOutputs];
  float* values[kOutputs];
  char error[96];
};

#define RETURN_IF_ERROR(expression)          \
  do {                                       \
    const char* const error_ = (expression); \
    if (error_ != NULL) return error_;       \
  } while (0)

static const char* check(Runtime* runtime, LiteRtStatus status, const char* doing) {
  if (status == kLiteRtStatusOk) return NULL;
  snprintf(runtime->error, sizeof runtime->error, "LiteRT cannot %s (status %d)", doing, status);
  return runtime->error;
}

const char* runtime_name(void) { return "litert"; }
const char* runtime_version(void) { return LITERT_VERSION; }
Runtime* runtime_new(void) { return calloc(1, sizeof(Runtime)); }

static void delete_output(Runtime* runtime, int index) {
  free(runtime->values[index]);
  if (runtime->outputs[index] != NULL) LiteRtDestroyTensorBuffer(runtime->outputs[index]);
}

void runtime_delete(Runtime* runtime) {
  for (int i = 0; i < kOutputs; ++i) delete_output(runtime, i);
  if (runtime->input != NULL) LiteRtDestroyTensorBuffer(runtime->input);
  if (runtime->compiled != NULL) LiteRtDestroyCompiledModel(runtime->compiled);
  if (runtime->model != NULL) LiteRtDestroyModel(runtime->model);
  if (runtime->environment != NULL) LiteRtDestroyEnvironment(runtime->environment);
  free(runtime);
}

/* The library frees the text of the CPU's options, so it comes from malloc. */
static const char* set_threads(Runtime* runtime, LiteRtOptions options, int32_t threads) {
  enum { kSize = 40 };
  char* const text = malloc(kSize);
  if (text == NULL) return "memory ran out";
  snprintf(text, kSize, "num_threads = %d\n", (int)threads);
  LiteRtOpaqueOptions cpu = NULL;
  RETURN_IF_ERROR(check(runtime, LiteRtCreateOpaqueOptions("xnnpack", text, free, &cpu),
                        "create CPU options"));
  return check(runtime, LiteRtAddOpaqueOptions(options, cpu), "set the number of threads");
}

static const char* compile(Runtime* runtime, LiteRtOptions options, int32_t threads) {
  RETURN_IF_ERROR(check(
      runtime, LiteRtSetOptionsHardwareAccelerators(options, kLiteRtHwAcceleratorCpu),
      "choose the CPU"));
  RETURN_IF_ERROR(set_threads(runtime, options, threads));
  return check(runtime,
               LiteRtCreateCompiledModel(runtime->environment, runtime->model, options,
                                         &runtime->compiled),
               "compile the model");
}

static const char* open_model(Runtime* runtime, const char* file, int32_t threads) {
  LiteRtOptions options = NULL;
  RETURN_IF_ERROR(
      check(runtime, LiteRtCreateEnvironment(0, NULL, &runtime->environment), "start"));
  RETURN_IF_ERROR(
      check(runtime, LiteRtCreateModelFromFile(runtime->environment, file, &runtime->model),
            "read the model"));
  RETURN_IF_ERROR(check(runtime, LiteRtCreateOptions(&options), "create options"));
  const char* const error = compile(runtime, options, threads);
  LiteRtDestroyOptions(options);
  return error;
}

static const char* open_graph(Runtime* runtime, LiteRtSubgraph* graph) {
  LiteRtParamIndex index = 0;
  RETURN_IF_ERROR(check(runtime, LiteRtGetMainModelSubgraphIndex(runtime->model, &index),
                        "find the main graph"));
  return check(runtime, LiteRtGetModelSubgraph(runtime->model, index, graph),
               "open the main graph");
}

static const char* inspect_input(Runtime* runtime, LiteRtSubgraph graph) {
  LiteRtParamIndex count = 0;
  LiteRtTensor tensor = NULL;
  LiteRtRankedTensorType* const type = &runtime->input_type;
  RETURN_IF_ERROR(check(runtime, LiteRtGetNumSubgraphInputs(graph, &count), "count the inputs"));
  if (count != 1) return "the model has not one input";
  RETURN_IF_ERROR(check(runtime, LiteRtGetSubgraphInput(graph, 0, &tensor), "open the input"));
  RETURN_IF_ERROR(
      check(runtime, LiteRtGetRankedTensorType(tensor, type), "tell a tensor's type"));
  const int is_image = type->layout.rank == 4 && type->layout.dimensions[3] == 3 &&
                       type->element_type == kLiteRtElementTypeUInt8;
  return is_image ? NULL : "the model's input is not an RGB image in bytes";
}

static const char* inspect_outputs(Runtime* runtime, LiteRtSubgraph graph) {
  LiteRtParamIndex count = 0;
  RETURN_IF_ERROR(check(runtime, LiteRtGetNumSubgraphOutputs(graph, &count), "count the outputs"));
  return count == kOutputs ? NULL
                           : "the model's outputs are not boxes, classes, scores and a count";
}

static const char* create_input(Runtime* runtime) {
  LiteRtTensorBufferRequirements needs = NULL;
  RETURN_IF_ERROR(check(runtime,
                        LiteRtGetCompiledModelInputBufferRequirements(
                            runtime->compiled, kSignature, 0, &needs),
                        "size the input"));
  return check(runtime,
               LiteRtCreateManagedTensorBufferFromRequirements(
                   runtime->environment, &runtime->input_type, needs, &runtime->input),
               "allocate the input");
}

static const char* create_output(Runtime* runtime, size_t index, LiteRtLayout layout) {
  const LiteRtRankedTensorType type = {kLiteRtElementTypeFloat32, layout};
  LiteRtTensorBufferRequirements needs = NULL;
  size_t bytes = 0;
  RETURN_IF_ERROR(check(runtime,
                        LiteRtGetCompiledModelOutputBufferRequirements(
                            runtime->compiled, kSignature, index, &needs),
                        "size an output"));
  RETURN_IF_ERROR(check(runtime,
                        LiteRtCreateManagedTensorBufferFromRequirements(
                            runtime->environment, &type, needs, &runtime->outputs[index]),
                        "allocate an output"));
  RETURN_IF_ERROR(check(runtime,
                        LiteRtGetTensorBufferPackedSize(runtime->outputs[index], &bytes),
                        "size an output"));
  runtime->values[index] = malloc(bytes);
  return runtime->values[index] == NULL ? "memory ran out" : NULL;
}

/* The file does not state the shapes of the outputs, so they are asked for when compiled. */
static const char* create_outputs(Runtime* runtime) {
  LiteRtLayout layouts[kOutputs] = {{0}};
  RETURN_IF_ERROR(check(runtime,
                        LiteRtGetCompiledModelOutputTensorLayouts(runtime->compiled, kSignature,
                                                                  kOutputs, layouts, true),
                        "shape the outputs"));
  for (size_t i = 0; i < kOutputs; ++i) {
    RETURN_IF_ERROR(create_output(runtime, i, layouts[i]));
  }
  return NULL;
}

const char* runtime_load(Runtime* runtime, const char* model_file, int32_t threads, Size* input) {
  LiteRtSubgraph graph = NULL;
  RETURN_IF_ERROR(open_model(runtime, model_file, threads));
  RETURN_IF_ERROR(open_graph(runtime, &graph));
  RETURN_IF_ERROR(inspect_input(runtime, graph));
  RETURN_IF_ERROR(inspect_outputs(runtime, graph));
  RETURN_IF_ERROR(create_input(runtime));
  RETURN_IF_ERROR(create_outputs(runtime));
  const int32_t* const shape = runtime->input_type.layout.dimensions;
  *input = (Size){shape[2], shape[1]};
  return NULL;
}

const char* runtime_lock_input(Runtime* runtime, uint8_t** pixels) {
  void* address = NULL;
  RETURN_IF_ERROR(check(
      runtime, LiteRtLockTensorBuffer(runtime->input, &address, kLiteRtTensorBufferLockModeWrite),
      "write the input"));
  *pixels = address;
  return NULL;
}

static const char* read_output(Runtime* runtime, int index, Output* output) {
  const LiteRtTensorBuffer buffer = runtime->outputs[index];
  size_t bytes = 0;
  void* address = NULL;
  RETURN_IF_ERROR(
      check(runtime, LiteRtGetTensorBufferPackedSize(buffer, &bytes), "size an output"));
  RETURN_IF_ERROR(check(
      runtime, LiteRtLockTensorBuffer(buffer, &address, kLiteRtTensorBufferLockModeRead),
      "read an output"));
  memcpy(runtime->values[index], address, bytes);
  *output = (Output){runtime->values[index], bytes / sizeof(float)};
  return check(runtime, LiteRtUnlockTensorBuffer(buffer), "read an output");
}

const char* runtime_run(Runtime* runtime, Output outputs[kOutputs]) {
  RETURN_IF_ERROR(check(runtime, LiteRtUnlockTensorBuffer(runtime->input), "write the input"));
  RETURN_IF_ERROR(check(runtime,
                        LiteRtRunCompiledModel(runtime->compiled, kSignature, 1, &runtime->input,
                                               kOutputs, runtime->outputs),
                        "run the model"));
  for (int i = 0; i < kOutputs; ++i) RETURN_IF_ERROR(read_output(runtime, i, &outputs[i]));
  return NULL;
}
