// Images as checksums, by which two machines can compare what they decoded and scaled.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image.h"

// CRC-32, as in zlib, PNG and Python's zlib.crc32.
std::uint32_t crc32_of(const Bytes& bytes);

// An image file, and the checksums of its pixels and of those scaled for a model.
struct DecodedPhoto {
  std::string file;
  int width;
  int height;
  std::uint32_t pixels;
  std::uint32_t scaled;
};

// Scales to 300 x 300, which is what SSD-MobileNet takes.
DecodedPhoto summarize(const std::string& file, const Image& image);

// The `decoded/1` document for programs, and the table for people.
std::string to_json(const std::vector<DecodedPhoto>& photos);
std::string to_table(const std::vector<DecodedPhoto>& photos);
