#include "object_detection.h"

#include <stdlib.h>
#include <string.h>

#include "runtime.h"

struct ObjectDetector {
  Runtime* runtime;
  Size input;
  const char* error;
};

static const char kNoMemory[] = "memory ran out";

const char* object_detection_version(void) { return "1.0"; }
const char* object_detection_runtime(void) { return runtime_name(); }
const char* object_detection_runtime_version(void) { return runtime_version(); }

ObjectDetector* object_detection_create(const char* model_file, int32_t threads) {
  ObjectDetector* const detector = calloc(1, sizeof *detector);
  if (detector == NULL) return NULL;
  detector->runtime = runtime_new();
  detector->error = detector->runtime == NULL ? kNoMemory
                                              : runtime_load(detector->runtime, model_file, threads,
                                                             &detector->input);
  return detector;
}

void object_detection_destroy(ObjectDetector* detector) {
  if (detector == NULL) return;
  if (detector->runtime != NULL) runtime_delete(detector->runtime);
  free(detector);
}

const char* object_detection_error(const ObjectDetector* detector) {
  return detector == NULL ? kNoMemory : detector->error;
}

void object_detection_input_size(const ObjectDetector* detector, int32_t* width, int32_t* height) {
  *width = detector == NULL ? 0 : detector->input.width;
  *height = detector == NULL ? 0 : detector->input.height;
}

/* The model counts its classes from 0, COCO from 1. */
static ObjectDetectorRow to_row(const Output outputs[kOutputs], size_t index) {
  const float* const box = outputs[kBoxes].values + 4 * index;
  return (ObjectDetectorRow){
      .category_id = (int32_t)outputs[kClasses].values[index] + 1,
      .score = outputs[kScores].values[index],
      .left = box[1],
      .top = box[0],
      .right = box[3],
      .bottom = box[2],
  };
}

static int32_t to_rows(const Output outputs[kOutputs], ObjectDetectorRow* rows, int32_t capacity) {
  const float count = outputs[kCount].values[0];
  int32_t written = 0;
  for (; written < capacity && (float)written < count; ++written) {
    rows[written] = to_row(outputs, (size_t)written);
  }
  return written;
}

/* Whether the outputs hold as many rows as they say. */
static int is_whole(const Output outputs[kOutputs]) {
  if (outputs[kCount].size == 0) return 0;
  const float count = outputs[kCount].values[0];
  return count >= 0.0f && count <= (float)outputs[kScores].size &&
         count <= (float)outputs[kClasses].size && count <= (float)(outputs[kBoxes].size / 4);
}

static const char* write_input(ObjectDetector* detector, const uint8_t* pixels, Size size) {
  const Size input = detector->input;
  uint8_t* place = NULL;
  const char* const error = runtime_lock_input(detector->runtime, &place);
  if (error != NULL) return error;
  if (size.width == input.width && size.height == input.height) {
    memcpy(place, pixels, (size_t)input.width * (size_t)input.height * 3);
  } else {
    resize_bilinear(pixels, size, place, input);
  }
  return NULL;
}

static const char* find(ObjectDetector* detector, const uint8_t* pixels, Size size,
                        Output outputs[kOutputs]) {
  if (detector->input.width == 0) return detector->error;
  if (pixels == NULL || size.width < 1 || size.height < 1) return "the picture has no pixels";
  const char* error = write_input(detector, pixels, size);
  if (error == NULL) error = runtime_run(detector->runtime, outputs);
  if (error == NULL && !is_whole(outputs)) error = "the model's outputs do not fit together";
  return error;
}

int32_t object_detection_detect(ObjectDetector* detector, const uint8_t* pixels, int32_t width,
                                int32_t height, ObjectDetectorRow* rows, int32_t capacity) {
  if (detector == NULL) return -1;
  Output outputs[kOutputs] = {{NULL, 0}};
  detector->error = find(detector, pixels, (Size){width, height}, outputs);
  return detector->error == NULL ? to_rows(outputs, rows, capacity) : -1;
}
