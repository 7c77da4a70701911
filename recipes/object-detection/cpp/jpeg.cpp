// JPEG by libjpeg, which reports an error by leaving through longjmp.
#include <csetjmp>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "image.h"
#include "orientation.h"

#ifdef HAVE_JPEG
#include <jpeglib.h>
// After jpeglib.h, whose types it uses.
#include <jerror.h>

namespace {

constexpr unsigned int kExifMarker = JPEG_APP0 + 1;
constexpr unsigned int kLongestMarker = 0xFFFF;

struct Decoder {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
};

Decoder& decoder_of(j_common_ptr info) { return *static_cast<Decoder*>(info->client_data); }

[[noreturn]] void leave(j_common_ptr info) {
  Decoder& decoder = decoder_of(info);
  info->err->format_message(info, decoder.message);
  std::longjmp(decoder.escape, 1);
}

// libjpeg paints grey what is missing and only warns; a half photograph is not one to measure.
void weigh_warning(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) leave(info);
}

// Runs one step, and throws what libjpeg complains of. No object that needs to be destroyed may
// live inside of a step, because longjmp does not destroy it.
template <typename Step>
void run(Decoder& decoder, Step step) {
  if (setjmp(decoder.escape) == 0) {
    step(decoder.info);
    return;
  }
  throw std::runtime_error(std::string("a damaged JPEG image: ") + decoder.message);
}

// Frees libjpeg's memory on every way out; that cannot fail.
class Session {
 public:
  Session() {
    decoder.info.err = jpeg_std_error(&decoder.errors);
    decoder.info.client_data = &decoder;
    decoder.errors.error_exit = leave;
    decoder.errors.emit_message = weigh_warning;
    run(decoder, [](jpeg_decompress_struct& info) { jpeg_create_decompress(&info); });
  }
  ~Session() { jpeg_destroy_decompress(&decoder.info); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Decoder decoder{};
};

void read_header(Decoder& decoder, const Bytes& bytes) {
  run(decoder, [&](jpeg_decompress_struct& info) {
    // Older versions of the library do not declare the bytes const, but only read them.
    jpeg_mem_src(&info, const_cast<unsigned char*>(bytes.data()),
                 static_cast<unsigned long>(bytes.size()));
    jpeg_save_markers(&info, kExifMarker, kLongestMarker);
    jpeg_read_header(&info, TRUE);
  });
}

void read_rows(Decoder& decoder, Image& image) {
  run(decoder, [&](jpeg_decompress_struct& info) {
    info.out_color_space = JCS_RGB;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = image.pixels.data() + std::size_t{3} * info.output_scanline * info.output_width;
      jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
  });
}

int orientation_of(const jpeg_decompress_struct& info) {
  for (const jpeg_marker_struct* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const Bytes data(marker->data, marker->data + marker->data_length);
    if (marker->marker == kExifMarker) return exif_orientation(data);
  }
  return 1;
}

}  // namespace

Image decode_jpeg(const Bytes& bytes) {
  Session session;
  const jpeg_decompress_struct& info = session.decoder.info;
  read_header(session.decoder, bytes);
  const int orientation = orientation_of(info);  // libjpeg forgets the marker in the end.
  Image image = blank_image(info.image_width, info.image_height);
  read_rows(session.decoder, image);
  return turned_upright(image, orientation);
}

#else

Image decode_jpeg(const Bytes&) {
  throw std::runtime_error("this program was built without libjpeg, for JPEG images");
}

#endif
