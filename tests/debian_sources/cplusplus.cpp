// Use what the C++ libraries compiled, and print one line for each.
#include <Eigen/Dense>
#include <absl/strings/str_cat.h>
#include <flatbuffers/flatbuffers.h>
#include <google/protobuf/wrappers.pb.h>
#include <iostream>

int main() {
  Eigen::Matrix2d matrix;
  matrix << 2, 1, 1, 3;
  std::cout << "eigen " << matrix.determinant() << "\n";
  std::cout << absl::StrCat("abseil ", 42, " ", 1.5) << "\n";
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(builder.CreateString("cat"));
  std::cout << "flatbuffers " << builder.GetSize() << "\n";
  google::protobuf::StringValue cat, read;
  cat.set_value("cat");
  read.ParseFromString(cat.SerializeAsString());
  std::cout << "protobuf " << read.value() << "\n";
}
