#include "detector.h"

#include <stdexcept>

namespace {

// More than any SSD model finds in one image.
constexpr std::size_t kMostRows = 1000;

}  // namespace

Detector::Detector(const std::filesystem::path& model, int threads)
    : handle_(object_detection_create(model.string().c_str(), threads)) {
  const char* error = object_detection_error(handle_.get());
  if (error != nullptr) throw std::runtime_error(error);
}

Image Detector::to_input(const Image& image) const {
  std::int32_t width = 0;
  std::int32_t height = 0;
  object_detection_input_size(handle_.get(), &width, &height);
  return resized(image, width, height);
}

std::vector<ObjectDetectorRow> Detector::run(const Image& input) {
  std::vector<ObjectDetectorRow> rows(kMostRows);
  const std::int32_t count =
      object_detection_detect(handle_.get(), input.pixels.data(), input.width, input.height,
                              rows.data(), static_cast<std::int32_t>(rows.size()));
  if (count < 0) throw std::runtime_error(object_detection_error(handle_.get()));
  rows.resize(static_cast<std::size_t>(count));
  return rows;
}
