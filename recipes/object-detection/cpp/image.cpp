#include "image.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

constexpr int kLargestEdge = 65535;

// Reads a header's next number, after white space and comments.
int read_number(std::istream& stream) {
  while (stream >> std::ws && stream.peek() == '#') {
    std::string comment;
    std::getline(stream, comment);
  }
  int number = 0;
  stream >> number;
  return number;
}

// A position between two neighbours: `lower`, `upper` and how much of `upper` counts.
struct Between {
  int lower;
  int upper;
  float weight;
};

std::vector<Between> positions(int from, int to) {
  std::vector<Between> result;
  for (int i = 0; i < to; ++i) {
    const float centre = (static_cast<float>(i) + 0.5f) * from / to - 0.5f;
    const float inside = std::clamp(centre, 0.0f, static_cast<float>(from - 1));
    const int lower = static_cast<int>(inside);
    result.push_back({lower, std::min(lower + 1, from - 1), inside - lower});
  }
  return result;
}

float mix(float a, float b, float weight) { return a + (b - a) * weight; }

}  // namespace

Image read_ppm(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string magic(2, '\0');
  stream.read(magic.data(), 2);
  if (!stream || magic != "P6") throw std::runtime_error("not a binary PPM image");
  Image image;
  image.width = read_number(stream);
  image.height = read_number(stream);
  const int maximum = read_number(stream);
  stream.get();  // Exactly one white space separates the header from the pixels.
  const bool is_sane = image.width > 0 && image.width <= kLargestEdge && image.height > 0 &&
                       image.height <= kLargestEdge;
  if (!stream || !is_sane) throw std::runtime_error("a PPM image with a damaged header");
  if (maximum != 255) throw std::runtime_error("not a PPM image with 8-bit samples");
  image.pixels.resize(std::size_t{3} * image.width * image.height);
  stream.read(reinterpret_cast<char*>(image.pixels.data()),
              static_cast<std::streamsize>(image.pixels.size()));
  if (!stream) throw std::runtime_error("a PPM image that ends too early");
  return image;
}

Image resize_bilinear(const Image& image, int width, int height) {
  const std::vector<Between> columns = positions(image.width, width);
  const std::vector<Between> rows = positions(image.height, height);
  Image result{width, height, {}};
  result.pixels.reserve(std::size_t{3} * width * height);
  const auto sample = [&](int x, int y, int channel) -> float {
    return image.pixels[(std::size_t(y) * image.width + x) * 3 + channel];
  };
  for (const Between& y : rows) {
    for (const Between& x : columns) {
      for (int channel = 0; channel < 3; ++channel) {
        const float above =
            mix(sample(x.lower, y.lower, channel), sample(x.upper, y.lower, channel), x.weight);
        const float below =
            mix(sample(x.lower, y.upper, channel), sample(x.upper, y.upper, channel), x.weight);
        result.pixels.push_back(
            static_cast<std::uint8_t>(std::lround(mix(above, below, y.weight))));
      }
    }
  }
  return result;
}
