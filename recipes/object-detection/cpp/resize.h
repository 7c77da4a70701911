/* Scaling of pictures, the same to the last bit on every platform. */
#ifndef RESIZE_H
#define RESIZE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A picture's size in pixels. */
typedef struct {
  int32_t width;
  int32_t height;
} Size;

/* Scales RGB pixels by sampling four of them at each new pixel's centre, as TensorFlow and OpenCV
 * do. `result` has room for three bytes for each pixel of `to`; no size is zero. */
void resize_bilinear(const uint8_t* pixels, Size from, uint8_t* result, Size to);

#ifdef __cplusplus
}
#endif

#endif
