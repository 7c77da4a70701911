#include "resize.h"

#include <stddef.h>

enum { kChannels = 3 };

/* A position between two neighbours: `lower`, `upper` and how much of `upper` counts. */
typedef struct {
  int32_t lower;
  int32_t upper;
  float weight;
} Between;

static Between position(int32_t index, int32_t from, int32_t to) {
  const float last = (float)(from - 1);
  const float centre = ((float)index + 0.5f) * (float)from / (float)to - 0.5f;
  const float inside = centre < 0.0f ? 0.0f : centre > last ? last : centre;
  const int32_t lower = (int32_t)inside;
  const int32_t upper = lower + 1 < from ? lower + 1 : from - 1;
  return (Between){lower, upper, inside - (float)lower};
}

static float mix(float a, float b, float weight) { return a + (b - a) * weight; }

/* In double precision, because the sum of 0.5 and the float before it would be 1. */
static uint8_t rounded(float value) { return (uint8_t)((double)value + 0.5); }

static void mix_pixel(const uint8_t* above, const uint8_t* below, Between x, float weight,
                      uint8_t* result) {
  const size_t left = (size_t)x.lower * kChannels;
  const size_t right = (size_t)x.upper * kChannels;
  for (size_t i = 0; i < kChannels; ++i) {
    const float upper = mix(above[left + i], above[right + i], x.weight);
    const float lower = mix(below[left + i], below[right + i], x.weight);
    result[i] = rounded(mix(upper, lower, weight));
  }
}

void resize_bilinear(const uint8_t* pixels, Size from, uint8_t* result, Size to) {
  const size_t stride = (size_t)from.width * kChannels;
  for (int32_t row = 0; row < to.height; ++row) {
    const Between y = position(row, from.height, to.height);
    const uint8_t* const above = pixels + (size_t)y.lower * stride;
    const uint8_t* const below = pixels + (size_t)y.upper * stride;
    for (int32_t column = 0; column < to.width; ++column) {
      mix_pixel(above, below, position(column, from.width, to.width), y.weight, result);
      result += kChannels;
    }
  }
}
