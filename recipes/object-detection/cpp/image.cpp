#include "image.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>

#include "resize.h"

namespace {

constexpr unsigned long kLargestEdge = 65535;
// About 180 million, where the Python program's reader stops too.
constexpr unsigned long long kMostPixels = 178956970;

Bytes read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) throw std::runtime_error("cannot be read");
  return bytes;
}

bool starts_with(const Bytes& bytes, const std::string& magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin(),
                                                    [](char expected, std::uint8_t byte) {
                                                      return std::uint8_t(expected) == byte;
                                                    });
}

}  // namespace

bool is_image_name(const std::filesystem::path& file) {
  static const std::set<std::string> kSuffixes = {".ppm", ".jpg", ".jpeg", ".png"};
  std::string suffix = file.extension().string();
  for (char& letter : suffix) letter = static_cast<char>(std::tolower(std::uint8_t(letter)));
  return kSuffixes.count(suffix) != 0;
}

Image blank_image(unsigned long width, unsigned long height) {
  if (width == 0 || height == 0) throw std::runtime_error("an image without pixels");
  if (width > kLargestEdge || height > kLargestEdge ||
      static_cast<unsigned long long>(width) * height > kMostPixels) {
    throw std::runtime_error("an image that is too large");
  }
  const std::size_t size = std::size_t{3} * width * height;
  return {static_cast<int>(width), static_cast<int>(height), Bytes(size)};
}

Image read_image(const std::filesystem::path& file) {
  const Bytes bytes = read_file(file);
  if (starts_with(bytes, "P6")) return decode_ppm(bytes);
  if (starts_with(bytes, "\xff\xd8\xff")) return decode_jpeg(bytes);
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) return decode_png(bytes);
  throw std::runtime_error("not a binary PPM, JPEG or PNG image");
}

Image resized(const Image& image, int width, int height) {
  Image result = blank_image(static_cast<unsigned long>(width), static_cast<unsigned long>(height));
  resize_bilinear(image.pixels.data(), {image.width, image.height}, result.pixels.data(),
                  {width, height});
  return result;
}
