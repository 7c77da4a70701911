#include "orientation.h"

#include <algorithm>
#include <string>

namespace {

constexpr std::size_t kTiffStart = 6;
constexpr std::size_t kEntrySize = 12;
constexpr unsigned kOrientationTag = 0x0112;
constexpr int kUpright = 1;

// The TIFF structure inside of Exif, in either byte order; bytes beyond its end are 0.
class Tiff {
 public:
  explicit Tiff(const Bytes& segment)
      : bytes_(segment), is_big_endian_(byte(0) == 'M') {}

  unsigned short_at(std::size_t offset) const {
    const unsigned first = byte(offset);
    const unsigned second = byte(offset + 1);
    return is_big_endian_ ? first << 8 | second : second << 8 | first;
  }

  std::size_t long_at(std::size_t offset) const {
    const std::size_t first = short_at(offset);
    const std::size_t second = short_at(offset + 2);
    return is_big_endian_ ? first << 16 | second : second << 16 | first;
  }

 private:
  unsigned byte(std::size_t offset) const {
    const std::size_t position = kTiffStart + offset;
    return position < bytes_.size() ? bytes_[position] : 0;
  }

  const Bytes& bytes_;
  bool is_big_endian_;
};

// Where a pixel of the upright image is found in the image as it was taken.
struct Turn {
  bool swaps_axes;
  bool mirrors_x;
  bool mirrors_y;
};

Turn turn_of(int orientation) {
  switch (orientation) {
    case 2: return {false, true, false};
    case 3: return {false, true, true};
    case 4: return {false, false, true};
    case 5: return {true, false, false};
    case 6: return {true, false, true};
    case 7: return {true, true, true};
    case 8: return {true, true, false};
    default: return {false, false, false};
  }
}

}  // namespace

int exif_orientation(const Bytes& segment) {
  static const std::string kMagic("Exif\0\0", kTiffStart);
  if (segment.size() < kTiffStart || !std::equal(kMagic.begin(), kMagic.end(), segment.begin())) {
    return kUpright;
  }
  const Tiff tiff(segment);
  const std::size_t directory = tiff.long_at(4);
  const unsigned entries = directory < segment.size() ? tiff.short_at(directory) : 0;
  for (unsigned i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntrySize;
    if (tiff.short_at(entry) == kOrientationTag) return static_cast<int>(tiff.short_at(entry + 8));
  }
  return kUpright;
}

Image turned_upright(const Image& image, int orientation) {
  const Turn turn = turn_of(orientation);
  if (!turn.swaps_axes && !turn.mirrors_x && !turn.mirrors_y) return image;
  const int width = turn.swaps_axes ? image.height : image.width;
  const int height = turn.swaps_axes ? image.width : image.height;
  Image upright{width, height, Bytes(image.pixels.size())};
  auto result = upright.pixels.begin();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int across = turn.swaps_axes ? y : x;
      const int down = turn.swaps_axes ? x : y;
      const int column = turn.mirrors_x ? image.width - 1 - across : across;
      const int row = turn.mirrors_y ? image.height - 1 - down : down;
      const std::ptrdiff_t pixel = std::ptrdiff_t{3} * (std::ptrdiff_t{row} * image.width + column);
      result = std::copy_n(image.pixels.begin() + pixel, 3, result);
    }
  }
  return upright;
}
