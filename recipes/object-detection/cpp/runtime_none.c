/* No runtime, for platforms that have none: the program then decodes and scales pictures only. */
#include "runtime.h"

struct Runtime {
  char unused;
};

static Runtime nothing;
static const char kError[] = "this program was built without a runtime for models";

const char* runtime_name(void) { return "none"; }
const char* runtime_version(void) { return "none"; }
Runtime* runtime_new(void) { return &nothing; }
void runtime_delete(Runtime* runtime) { (void)runtime; }

const char* runtime_load(Runtime* runtime, const char* model_file, int32_t threads, Size* input) {
  (void)runtime, (void)model_file, (void)threads, (void)input;
  return kError;
}

const char* runtime_lock_input(Runtime* runtime, uint8_t** pixels) {
  (void)runtime, (void)pixels;
  return kError;
}

const char* runtime_run(Runtime* runtime, Output outputs[kOutputs]) {
  (void)runtime, (void)outputs;
  return kError;
}
