// Photographs in memory, read from binary PPM files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

// Rows of RGB pixels, three bytes each, from the upper left corner.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;
};

// Reads a PPM file of type P6 with 8-bit samples; throws std::runtime_error for any other.
Image read_ppm(const std::filesystem::path& file);

// Scales by sampling four pixels at each new pixel's centre, as TensorFlow and OpenCV do.
Image resize_bilinear(const Image& image, int width, int height);
