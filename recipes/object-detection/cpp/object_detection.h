/* Objects in a picture, found by an SSD model: the C interface of libobject_detection.
 *
 * The way an Android app loads native code. One detector is used by one thread at a time; several
 * detectors do not know of each other.
 */
#ifndef OBJECT_DETECTION_H
#define OBJECT_DETECTION_H

#include <stdint.h>

#if defined(_WIN32) && defined(OBJECT_DETECTION_SHARED)
#define OBJECT_DETECTION_API __declspec(dllexport)
#elif defined(__GNUC__)
#define OBJECT_DETECTION_API __attribute__((visibility("default")))
#else
#define OBJECT_DETECTION_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A loaded model. */
typedef struct ObjectDetector ObjectDetector;

/* An object found. The box is in fractions of the picture's width and height and may reach a
 * little beyond 0 and 1; the category ids are COCO's, which begin at 1. */
typedef struct {
  int32_t category_id;
  float score;
  float left, top, right, bottom;
} ObjectDetectorRow;

/* This interface's version, "1.0". */
OBJECT_DETECTION_API const char* object_detection_version(void);

/* What runs the model, "litert", "tflite" or "none", and its version. */
OBJECT_DETECTION_API const char* object_detection_runtime(void);
OBJECT_DETECTION_API const char* object_detection_runtime_version(void);

/* Loads a .tflite model that takes RGB bytes and ends in TFLite_Detection_PostProcess. Ask
 * object_detection_error whether that worked, and call object_detection_destroy in any case. */
OBJECT_DETECTION_API ObjectDetector* object_detection_create(const char* model_file,
                                                             int32_t threads);
OBJECT_DETECTION_API void object_detection_destroy(ObjectDetector* detector);

/* What went wrong last, in one clause; null where nothing did. */
OBJECT_DETECTION_API const char* object_detection_error(const ObjectDetector* detector);

/* The size in pixels of the pictures that the model takes; 0 where none was loaded. */
OBJECT_DETECTION_API void object_detection_input_size(const ObjectDetector* detector,
                                                      int32_t* width, int32_t* height);

/* Finds objects in rows of RGB pixels, three bytes each, from the upper left corner. A picture of
 * another size than the model's is scaled. At most `capacity` rows are written, in the model's
 * order, which is by score; returns how many, or -1 on failure. */
OBJECT_DETECTION_API int32_t object_detection_detect(ObjectDetector* detector,
                                                     const uint8_t* pixels, int32_t width,
                                                     int32_t height, ObjectDetectorRow* rows,
                                                     int32_t capacity);

#ifdef __cplusplus
}
#endif

#endif
