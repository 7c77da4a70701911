// Photographs in memory, read from PPM, JPEG and PNG files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

// Rows of RGB pixels, three bytes each, from the upper left corner.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;
};

using Bytes = std::vector<std::uint8_t>;

// Reads a file of any format below, by its content; throws std::runtime_error where the file is
// damaged, or of a format that this program was built without.
Image read_image(const std::filesystem::path& file);

// Whether a file's name promises one of the formats, in this program or another build of it.
bool is_image_name(const std::filesystem::path& file);

// Makes an image of black pixels; throws std::runtime_error where it has none or far too many.
Image blank_image(unsigned long width, unsigned long height);

// The formats. A PPM file is of type P6 with 8-bit samples; a JPEG file is turned as its Exif
// orientation says; what is transparent in a PNG file keeps its colour.
Image decode_ppm(const Bytes& bytes);
Image decode_jpeg(const Bytes& bytes);
Image decode_png(const Bytes& bytes);

// Scales by sampling four pixels at each new pixel's centre, as TensorFlow and OpenCV do.
Image resized(const Image& image, int width, int height);
