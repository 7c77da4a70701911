// Find objects in photographs with an SSD model, and measure how long the model takes.
//
// The C++ twin of ../python/detect.py: the same options, table and `detections.json`. It reads
// binary PPM images and draws nothing. Only the model is timed.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "image.h"
#include "labels.h"
#include "report.h"
#include "runtime.h"
#include "timing.h"

namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] =
    "usage: object-detection --images DIR --model FILE --out DIR [--labels FILE]\n"
    "                        [--count N|all] [--repeats N] [--warmup N] [--threshold 0..1]\n"
    "                        [--threads N]\n";

// The request cannot be carried out: a file, a folder or an option is wrong.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  fs::path images;
  fs::path model;
  fs::path labels;
  fs::path out;
  std::size_t count;
  int repeats;
  int warmup;
  double threshold;
  int threads;
};

// What the command line says, or else the environment, or else a default.
class Arguments {
 public:
  explicit Arguments(int count, char** values) {
    for (int i = 1; i < count; i += 2) {
      const std::string name = values[i];
      if (kDefaults.count(name) == 0) throw InputError("unknown option `" + name + "`");
      if (i + 1 == count) throw InputError("`" + name + "` needs a value");
      given_[name] = values[i + 1];
    }
  }

  std::string text(const std::string& name, std::initializer_list<const char*> variables = {}) const {
    const auto found = given_.find(name);
    if (found != given_.end()) return found->second;
    for (const char* variable : variables) {
      const char* value = std::getenv(variable);
      if (value != nullptr && *value != '\0') return value;
    }
    return kDefaults.at(name);
  }

  std::string required(const std::string& name,
                       std::initializer_list<const char*> variables = {}) const {
    const std::string value = text(name, variables);
    if (value.empty()) throw InputError("`" + name + "` is missing");
    return value;
  }

  int whole(const std::string& name, int minimum) const {
    const std::string value = text(name);
    const bool is_number = !value.empty() && value.size() < 10 &&
                           value.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || std::stoi(value) < minimum) {
      throw InputError("`" + name + " " + value + "` is not a whole number from " +
                       std::to_string(minimum));
    }
    return std::stoi(value);
  }

  double fraction(const std::string& name) const {
    const std::string value = text(name);
    char* end = nullptr;
    const double result = std::strtod(value.c_str(), &end);
    if (end == value.c_str() || *end != '\0' || !(result >= 0 && result <= 1)) {
      throw InputError("`" + name + " " + value + "` is not between 0 and 1");
    }
    return result;
  }

 private:
  static const std::map<std::string, std::string> kDefaults;
  std::map<std::string, std::string> given_;
};

const std::map<std::string, std::string> Arguments::kDefaults = {
    {"--images", ""},   {"--model", ""},  {"--labels", ""},     {"--out", ""},
    {"--count", "all"}, {"--repeats", "10"}, {"--warmup", "3"}, {"--threshold", "0.4"},
    {"--threads", std::to_string(std::max(1u, std::thread::hardware_concurrency()))},
};

Options parse_options(int count, char** values) {
  const Arguments arguments(count, values);
  const bool is_all = arguments.text("--count") == "all";
  return {
      arguments.required("--images", {"CKPM_DATASET_SAMPLE_PHOTOS_ROOT",
                                      "CKPM_DATASET_COCO_VAL2017_IMAGES"}),
      arguments.required("--model", {"CKPM_MODEL_SSD_MOBILENET_FILE"}),
      arguments.text("--labels", {"CKPM_MODEL_SSD_MOBILENET_LABELS"}),
      arguments.required("--out"),
      is_all ? std::size_t(-1) : static_cast<std::size_t>(arguments.whole("--count", 1)),
      arguments.whole("--repeats", 1),
      arguments.whole("--warmup", 0),
      arguments.fraction("--threshold"),
      arguments.whole("--threads", 1),
  };
}

std::vector<fs::path> list_images(const fs::path& folder) {
  if (!fs::is_directory(folder)) throw InputError("no folder of images `" + folder.string() + "`");
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".ppm") files.push_back(entry.path());
  }
  if (files.empty()) throw InputError("no PPM images in the folder `" + folder.string() + "`");
  std::sort(files.begin(), files.end());
  return files;
}

Photo to_photo(const fs::path& file, const Image& image, const std::vector<RawDetection>& found,
               const Labels& labels, double threshold) {
  Photo photo{file.filename().string(), image.width, image.height, {}};
  const auto inside = [](float edge, int size) { return std::clamp(edge, 0.0f, 1.0f) * size; };
  for (const RawDetection& raw : found) {
    if (raw.score < threshold) continue;
    photo.detections.push_back({name_of(labels, raw.category_id),
                                raw.category_id,
                                raw.score,
                                {inside(raw.x0, image.width), inside(raw.y0, image.height),
                                 inside(raw.x1, image.width), inside(raw.y1, image.height)}});
  }
  std::stable_sort(photo.detections.begin(), photo.detections.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  return photo;
}

double run_once(Runtime& runtime, const Image& input, std::vector<RawDetection>& found) {
  const auto start = std::chrono::steady_clock::now();
  found = runtime.run(input);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
  return taken.count();
}

// Detects in every image that can be read; one that cannot is a warning.
Report detect(const Options& options, Runtime& runtime) {
  const Labels labels = load_labels(options.labels);
  std::vector<fs::path> files = list_images(options.images);
  files.resize(std::min(files.size(), options.count));
  std::vector<Photo> photos;
  std::vector<double> durations_ms;
  for (const fs::path& file : files) {
    Image image;
    try {
      image = read_ppm(file);
    } catch (const std::runtime_error& error) {
      std::cerr << "warning: skipping `" << file.string() << "`: " << error.what() << "\n";
      continue;
    }
    const InputSize size = runtime.input_size();
    const Image input = resize_bilinear(image, size.width, size.height);
    std::vector<RawDetection> found;
    for (int i = 0; photos.empty() && i < options.warmup; ++i) runtime.run(input);
    for (int i = 0; i < options.repeats; ++i) {
      durations_ms.push_back(run_once(runtime, input, found));
    }
    photos.push_back(to_photo(file, image, found, labels, options.threshold));
  }
  if (photos.empty()) {
    throw std::runtime_error("no image in `" + options.images.string() + "` can be read");
  }
  return {options.model.filename().string(),
          runtime.name(),
          runtime.version(),
          options.threads,
          options.threshold,
          summarize(durations_ms, options.warmup),
          photos};
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw std::runtime_error("cannot write `" + file.string() + "`");
}

void run(const Options& options) {
  if (!fs::is_regular_file(options.model)) {
    throw InputError("no model file `" + options.model.string() + "`");
  }
  list_images(options.images);  // A wrong folder is told before the model is loaded.
  const std::unique_ptr<Runtime> runtime = load_model(options.model, options.threads);
  const Report report = detect(options, *runtime);
  fs::create_directories(options.out);
  write_file(options.out / "detections.json", to_json(report));
  std::cout << to_table(report) << "see " << (options.out / "detections.json").string() << "\n";
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
