// What the command line asks for.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>

// The request cannot be carried out: a file, a folder or an option is wrong.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Options {
  std::filesystem::path images;
  std::filesystem::path model;  // Empty where images are only decoded.
  std::filesystem::path labels;
  std::filesystem::path out;
  std::size_t count;
  int repeats;
  int warmup;
  double threshold;
  int threads;
  bool is_decode_only;
};

extern const char kUsage[];

// Reads what the command line says, or else the environment, or else a default; throws InputError.
Options parse_options(int count, char** values);
