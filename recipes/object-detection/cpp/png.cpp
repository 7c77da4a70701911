// PNG by libpng's simplified interface, which reports an error by its return value.
#include <stdexcept>
#include <string>

#include "image.h"

#ifdef HAVE_PNG
#include <png.h>

namespace {

constexpr std::size_t kRgba = 4;

// Frees what libpng holds on every way out.
struct Reader {
  Reader() { image.version = PNG_IMAGE_VERSION; }
  ~Reader() { png_image_free(&image); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  png_image image{};
};

[[noreturn]] void complain(const Reader& reader) {
  throw std::runtime_error(std::string("a damaged PNG image: ") + reader.image.message);
}

}  // namespace

Image decode_png(const Bytes& bytes) {
  Reader reader;
  if (!png_image_begin_read_from_memory(&reader.image, bytes.data(), bytes.size())) {
    complain(reader);
  }
  Image image = blank_image(reader.image.width, reader.image.height);
  // Without asking for transparency, libpng would mix the colours with a background.
  reader.image.format = PNG_FORMAT_RGBA;
  Bytes pixels(image.pixels.size() / 3 * kRgba);
  if (!png_image_finish_read(&reader.image, nullptr, pixels.data(), 0, nullptr)) complain(reader);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = pixels[i / 3 * kRgba + i % 3];
  }
  return image;
}

#else

Image decode_png(const Bytes&) {
  throw std::runtime_error("this program was built without libpng, for PNG images");
}

#endif
