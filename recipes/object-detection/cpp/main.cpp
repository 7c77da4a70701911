// Find objects in photographs with an SSD model, and measure how long the model takes.
//
// The C++ twin of ../python/detect.py: the same options, table and `detections.json`. It draws
// nothing. Only the model is timed.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include "checksum.h"
#include "detector.h"
#include "image.h"
#include "labels.h"
#include "options.h"
#include "report.h"
#include "timing.h"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> list_images(const Options& options) {
  const std::string folder = options.images.string();
  if (!fs::is_directory(options.images)) throw InputError("no folder of images `" + folder + "`");
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(options.images)) {
    if (is_image_name(entry.path())) files.push_back(entry.path());
  }
  if (files.empty()) throw InputError("no PPM, JPEG or PNG images in the folder `" + folder + "`");
  std::sort(files.begin(), files.end());
  files.resize(std::min(files.size(), options.count));
  return files;
}

// Visits every image that can be read; one that cannot is a warning.
template <typename Visit>
void for_each_image(const Options& options, Visit visit) {
  bool is_any = false;
  for (const fs::path& file : list_images(options)) {
    Image image;
    try {
      image = read_image(file);
    } catch (const std::runtime_error& error) {
      std::cerr << "warning: skipping `" << file.string() << "`: " << error.what() << "\n";
      continue;
    }
    visit(file, image);
    is_any = true;
  }
  if (!is_any) {
    throw std::runtime_error("no image in `" + options.images.string() + "` can be read");
  }
}

Detection to_detection(const ObjectDetectorRow& row, const Image& image, const Labels& labels) {
  const auto inside = [](float edge, int size) { return std::clamp(edge, 0.0f, 1.0f) * size; };
  return {name_of(labels, row.category_id),
          row.category_id,
          row.score,
          {inside(row.left, image.width), inside(row.top, image.height),
           inside(row.right, image.width), inside(row.bottom, image.height)}};
}

Photo to_photo(const fs::path& file, const Image& image,
               const std::vector<ObjectDetectorRow>& rows, const Labels& labels, double threshold) {
  Photo photo{file.filename().string(), image.width, image.height, {}};
  for (const ObjectDetectorRow& row : rows) {
    if (row.score >= threshold) photo.detections.push_back(to_detection(row, image, labels));
  }
  std::stable_sort(photo.detections.begin(), photo.detections.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  return photo;
}

double run_once(Detector& detector, const Image& input, std::vector<ObjectDetectorRow>& rows) {
  const auto start = std::chrono::steady_clock::now();
  rows = detector.run(input);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  return taken.count();
}

Report detect(const Options& options, Detector& detector) {
  const Labels labels = load_labels(options.labels);
  std::vector<Photo> photos;
  std::vector<double> durations_ms;
  for_each_image(options, [&](const fs::path& file, const Image& image) {
    const Image input = detector.to_input(image);
    std::vector<ObjectDetectorRow> rows;
    for (int i = 0; photos.empty() && i < options.warmup; ++i) detector.run(input);
    for (int i = 0; i < options.repeats; ++i) {
      durations_ms.push_back(run_once(detector, input, rows));
    }
    photos.push_back(to_photo(file, image, rows, labels, options.threshold));
  });
  return {options.model.filename().string(),
          object_detection_runtime(),
          object_detection_runtime_version(),
          options.threads,
          options.threshold,
          summarize(durations_ms, options.warmup),
          photos};
}

// Writes one document and says where it is.
void publish(const fs::path& file, const std::string& json, const std::string& table) {
  fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << json;
  stream.close();
  if (!stream) throw std::runtime_error("cannot write `" + file.string() + "`");
  std::cout << table << "see " << file.string() << "\n";
}

void decode(const Options& options) {
  std::vector<DecodedPhoto> photos;
  for_each_image(options, [&](const fs::path& file, const Image& image) {
    photos.push_back(summarize(file.filename().string(), image));
  });
  publish(options.out / "decoded.json", to_json(photos), to_table(photos));
}

void run(const Options& options) {
  if (options.is_decode_only) return decode(options);
  if (!fs::is_regular_file(options.model)) {
    throw InputError("no model file `" + options.model.string() + "`");
  }
  list_images(options);  // A wrong folder is told before the model is loaded.
  Detector detector(options.model, options.threads);
  const Report report = detect(options, detector);
  publish(options.out / "detections.json", to_json(report), to_table(report));
}

}  // namespace

int main(int count, char** values) {
  if (count == 2 && std::string(values[1]) == "--help") {
    std::cout << kUsage;
    return 0;
  }
  try {
    run(parse_options(count, values));
  } catch (const InputError& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
