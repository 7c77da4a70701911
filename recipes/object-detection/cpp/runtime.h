// A loaded SSD model, whatever library runs it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "image.h"

// One row of the model's output; the box is in fractions of the photograph.
struct RawDetection {
  int category_id;
  float score;
  float y0, x0, y1, x1;
};

// What the model takes.
struct InputSize {
  int width;
  int height;
};

class Runtime {
 public:
  virtual ~Runtime() = default;
  virtual std::string name() const = 0;
  virtual std::string version() const = 0;
  virtual InputSize input_size() const = 0;

  // Finds objects in a photograph of the input's size; the category ids are COCO's.
  virtual std::vector<RawDetection> run(const Image& input) = 0;
};

// The four output tensors of TFLite_Detection_PostProcess, in this order.
struct DetectionOutputs {
  std::vector<float> boxes;
  std::vector<float> classes;
  std::vector<float> scores;
  std::vector<float> count;
};

// Turns the outputs into rows. The model counts its classes from 0, COCO from 1.
inline std::vector<RawDetection> to_rows(const DetectionOutputs& outputs) {
  std::vector<RawDetection> rows;
  const std::size_t count = static_cast<std::size_t>(outputs.count.at(0));
  for (std::size_t i = 0; i < count; ++i) {
    const int category_id = static_cast<int>(outputs.classes.at(i)) + 1;
    rows.push_back({category_id, outputs.scores.at(i), outputs.boxes.at(4 * i),
                    outputs.boxes.at(4 * i + 1), outputs.boxes.at(4 * i + 2),
                    outputs.boxes.at(4 * i + 3)});
  }
  return rows;
}

// Loads a .tflite model that ends in TFLite_Detection_PostProcess and takes bytes; throws
// std::runtime_error where that fails. One of runtime_*.cpp defines it.
std::unique_ptr<Runtime> load_model(const std::filesystem::path& file, int threads);
