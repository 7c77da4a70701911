/* A loaded SSD model, whatever library runs it; one of runtime_*.c defines these functions.
 *
 * Where something can fail, the answer is null for success or says what failed; such a text lives
 * as long as its runtime, or as long as the program.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#include "resize.h"

typedef struct Runtime Runtime;

/* The output tensors of TFLite_Detection_PostProcess, in this order. */
enum { kBoxes, kClasses, kScores, kCount, kOutputs };

/* One output, of which the runtime is the owner until it runs again. */
typedef struct {
  const float* values;
  size_t size;
} Output;

const char* runtime_name(void);
const char* runtime_version(void);

/* Returns null where memory runs out. */
Runtime* runtime_new(void);
void runtime_delete(Runtime* runtime);

/* Loads a model and tells the size of the pictures that it takes. */
const char* runtime_load(Runtime* runtime, const char* model_file, int32_t threads, Size* input);

/* Gives the place of the input's pixels, three bytes each, which runtime_run then reads. */
const char* runtime_lock_input(Runtime* runtime, uint8_t** pixels);

const char* runtime_run(Runtime* runtime, Output outputs[kOutputs]);

#endif
