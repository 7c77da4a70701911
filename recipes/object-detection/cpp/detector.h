// A loaded SSD model, by libobject_detection's C interface.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "image.h"
#include "object_detection.h"

class Detector {
 public:
  // Throws std::runtime_error where the model cannot be loaded.
  Detector(const std::filesystem::path& model, int threads);

  // Scales an image to the size that the model takes.
  Image to_input(const Image& image) const;

  // Finds objects in an image; throws std::runtime_error where the model fails.
  std::vector<ObjectDetectorRow> run(const Image& input);

 private:
  struct Destroyer {
    void operator()(ObjectDetector* handle) const { object_detection_destroy(handle); }
  };
  std::unique_ptr<ObjectDetector, Destroyer> handle_;
};
