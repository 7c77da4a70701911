// The result as a table for people and as the `detections/1` document for programs.
#pragma once

#include <string>
#include <vector>

#include "timing.h"

// An object found; the box is in pixels: left, top, right, bottom.
struct Detection {
  std::string label;
  int category_id;
  double score;
  double box[4];
};

struct Photo {
  std::string file;
  int width;
  int height;
  std::vector<Detection> detections;
};

struct Report {
  std::string model;
  std::string runtime_name;
  std::string runtime_version;
  int threads;
  double threshold;
  Speed speed;
  std::vector<Photo> photos;
};

std::string to_json(const Report& report);
std::string to_table(const Report& report);
