#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "image.h"

namespace {

constexpr std::size_t kMagicSize = 2;
constexpr unsigned long kTooLarge = 1000000;

// Reads a header from left to right.
class Header {
 public:
  explicit Header(const Bytes& bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }

  // The next number, after white space and comments.
  unsigned long number() {
    skip_space();
    if (!is_digit()) throw std::runtime_error("a PPM image with a damaged header");
    unsigned long value = 0;
    for (; is_digit(); ++position_) value = std::min(value * 10 + bytes_[position_] - '0', kTooLarge);
    return value;
  }

  // Exactly one white space separates the header from the pixels.
  void end() { ++position_; }

 private:
  bool is_inside() const { return position_ < bytes_.size(); }
  bool is_digit() const { return is_inside() && std::isdigit(bytes_[position_]); }

  void skip_space() {
    bool is_comment = false;
    for (; is_inside(); ++position_) {
      const std::uint8_t byte = bytes_[position_];
      if (byte == '#') is_comment = true;
      if (!is_comment && !std::isspace(byte)) return;
      if (byte == '\n' || byte == '\r') is_comment = false;
    }
  }

  const Bytes& bytes_;
  std::size_t position_ = kMagicSize;
};

}  // namespace

Image decode_ppm(const Bytes& bytes) {
  Header header(bytes);
  const unsigned long width = header.number();
  const unsigned long height = header.number();
  const unsigned long maximum = header.number();
  header.end();
  if (maximum != 255) throw std::runtime_error("not a PPM image with 8-bit samples");
  Image image = blank_image(width, height);
  if (bytes.size() < header.position() + image.pixels.size()) {
    throw std::runtime_error("a PPM image that ends too early");
  }
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(header.position()), image.pixels.size(),
              image.pixels.begin());
  return image;
}
