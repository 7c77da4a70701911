// The runtime by LiteRT's own C interface, as the PyPI package `ai-edge-litert` ships it.
#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <type_traits>

#include "litert_c.h"
#include "runtime.h"

namespace {

constexpr LiteRtParamIndex kSignature = 0;
constexpr std::size_t kOutputs = 4;

void check(LiteRtStatus status, const char* doing) {
  if (status == kLiteRtStatusOk) return;
  throw std::runtime_error(std::string("LiteRT cannot ") + doing + " (status " +
                           std::to_string(status) + ")");
}

// Owns one of the library's objects.
template <typename Handle, void (*destroy)(Handle)>
struct Destroyer {
  void operator()(std::remove_pointer_t<Handle>* handle) const { destroy(handle); }
};
template <typename Handle, void (*destroy)(Handle)>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroyer<Handle, destroy>>;

using Environment = Owned<LiteRtEnvironment, LiteRtDestroyEnvironment>;
using Model = Owned<LiteRtModel, LiteRtDestroyModel>;
using Options = Owned<LiteRtOptions, LiteRtDestroyOptions>;
using CompiledModel = Owned<LiteRtCompiledModel, LiteRtDestroyCompiledModel>;
using Buffer = Owned<LiteRtTensorBuffer, LiteRtDestroyTensorBuffer>;

Environment create_environment() {
  LiteRtEnvironment environment = nullptr;
  check(LiteRtCreateEnvironment(0, nullptr, &environment), "start");
  return Environment(environment);
}

Model read_model(const Environment& environment, const std::filesystem::path& file) {
  LiteRtModel model = nullptr;
  check(LiteRtCreateModelFromFile(environment.get(), file.string().c_str(), &model),
        "read the model");
  return Model(model);
}

Options cpu_options(int threads) {
  LiteRtOptions handle = nullptr;
  check(LiteRtCreateOptions(&handle), "create options");
  Options options(handle);
  check(LiteRtSetOptionsHardwareAccelerators(handle, kLiteRtHwAcceleratorCpu), "choose the CPU");
  const std::string text = "num_threads = " + std::to_string(threads) + "\n";
  // The library frees the text, so it must come from malloc.
  char* const payload = static_cast<char*>(std::malloc(text.size() + 1));
  if (payload == nullptr) throw std::bad_alloc();
  std::memcpy(payload, text.c_str(), text.size() + 1);
  LiteRtOpaqueOptions cpu = nullptr;
  check(LiteRtCreateOpaqueOptions("xnnpack", payload, std::free, &cpu), "create CPU options");
  check(LiteRtAddOpaqueOptions(handle, cpu), "set the number of threads");
  return options;
}

CompiledModel compile(const Environment& environment, const Model& model, int threads) {
  const Options options = cpu_options(threads);
  LiteRtCompiledModel compiled = nullptr;
  check(LiteRtCreateCompiledModel(environment.get(), model.get(), options.get(), &compiled),
        "compile the model");
  return CompiledModel(compiled);
}

LiteRtSubgraph main_subgraph(const Model& model) {
  LiteRtParamIndex index = 0;
  LiteRtSubgraph subgraph = nullptr;
  check(LiteRtGetMainModelSubgraphIndex(model.get(), &index), "find the main graph");
  check(LiteRtGetModelSubgraph(model.get(), index, &subgraph), "open the main graph");
  return subgraph;
}

LiteRtRankedTensorType type_of(LiteRtTensor tensor) {
  LiteRtRankedTensorType type{};
  check(LiteRtGetRankedTensorType(tensor, &type), "tell a tensor's type");
  return type;
}

LiteRtRankedTensorType input_type(LiteRtSubgraph subgraph) {
  LiteRtParamIndex count = 0;
  check(LiteRtGetNumSubgraphInputs(subgraph, &count), "count the inputs");
  if (count != 1) throw std::runtime_error("the model has not one input");
  LiteRtTensor tensor = nullptr;
  check(LiteRtGetSubgraphInput(subgraph, 0, &tensor), "open the input");
  const LiteRtRankedTensorType type = type_of(tensor);
  const bool is_image = type.layout.rank == 4 && type.layout.dimensions[3] == 3;
  if (!is_image || type.element_type != kLiteRtElementTypeUInt8) {
    throw std::runtime_error("the model's input is not an RGB image in bytes");
  }
  return type;
}

void require_detection_outputs(LiteRtSubgraph subgraph) {
  LiteRtParamIndex count = 0;
  check(LiteRtGetNumSubgraphOutputs(subgraph, &count), "count the outputs");
  if (count != kOutputs) {
    throw std::runtime_error("the model's outputs are not boxes, classes, scores and a count");
  }
}

class LiteRtRuntime final : public Runtime {
 public:
  LiteRtRuntime(const std::filesystem::path& file, int threads)
      : environment_(create_environment()),
        model_(read_model(environment_, file)),
        compiled_(compile(environment_, model_, threads)) {
    const LiteRtSubgraph subgraph = main_subgraph(model_);
    input_type_ = input_type(subgraph);
    require_detection_outputs(subgraph);
    input_ = create_input();
    // The file does not state the shapes of these outputs, so they are asked for when compiled.
    std::array<LiteRtLayout, kOutputs> layouts{};
    check(LiteRtGetCompiledModelOutputTensorLayouts(compiled_.get(), kSignature, layouts.size(),
                                                    layouts.data(), true),
          "shape the outputs");
    for (std::size_t i = 0; i < kOutputs; ++i) {
      outputs_[i] = create_output({kLiteRtElementTypeFloat32, layouts[i]}, i);
    }
  }

  std::string name() const override { return "litert"; }
  std::string version() const override { return LITERT_VERSION; }
  InputSize input_size() const override {
    return {input_type_.layout.dimensions[2], input_type_.layout.dimensions[1]};
  }

  std::vector<RawDetection> run(const Image& input) override {
    write(input);
    LiteRtTensorBuffer in = input_.get();
    std::array<LiteRtTensorBuffer, kOutputs> out{};
    for (std::size_t i = 0; i < kOutputs; ++i) out[i] = outputs_[i].get();
    check(LiteRtRunCompiledModel(compiled_.get(), kSignature, 1, &in, out.size(), out.data()),
          "run the model");
    return to_rows({read(0), read(1), read(2), read(3)});
  }

 private:
  Buffer create_input() const {
    LiteRtTensorBufferRequirements needs = nullptr;
    LiteRtTensorBuffer buffer = nullptr;
    check(LiteRtGetCompiledModelInputBufferRequirements(compiled_.get(), kSignature, 0, &needs),
          "size the input");
    check(LiteRtCreateManagedTensorBufferFromRequirements(environment_.get(), &input_type_, needs,
                                                          &buffer),
          "allocate the input");
    return Buffer(buffer);
  }

  Buffer create_output(const LiteRtRankedTensorType& type, std::size_t index) const {
    LiteRtTensorBufferRequirements needs = nullptr;
    LiteRtTensorBuffer buffer = nullptr;
    check(LiteRtGetCompiledModelOutputBufferRequirements(compiled_.get(), kSignature, index, &needs),
          "size an output");
    check(LiteRtCreateManagedTensorBufferFromRequirements(environment_.get(), &type, needs, &buffer),
          "allocate an output");
    return Buffer(buffer);
  }

  void write(const Image& image) {
    void* address = nullptr;
    check(LiteRtLockTensorBuffer(input_.get(), &address, kLiteRtTensorBufferLockModeWrite),
          "write the input");
    std::memcpy(address, image.pixels.data(), image.pixels.size());
    check(LiteRtUnlockTensorBuffer(input_.get()), "write the input");
  }

  std::vector<float> read(std::size_t index) {
    LiteRtTensorBuffer buffer = outputs_[index].get();
    std::size_t bytes = 0;
    void* address = nullptr;
    check(LiteRtGetTensorBufferPackedSize(buffer, &bytes), "size an output");
    check(LiteRtLockTensorBuffer(buffer, &address, kLiteRtTensorBufferLockModeRead),
          "read an output");
    std::vector<float> values(bytes / sizeof(float));
    std::memcpy(values.data(), address, values.size() * sizeof(float));
    check(LiteRtUnlockTensorBuffer(buffer), "read an output");
    return values;
  }

  // In the order of creation: what comes later needs what came before.
  Environment environment_;
  Model model_;
  CompiledModel compiled_;
  LiteRtRankedTensorType input_type_{};
  Buffer input_;
  std::array<Buffer, kOutputs> outputs_;
};

}  // namespace

std::unique_ptr<Runtime> load_model(const std::filesystem::path& file, int threads) {
  return std::make_unique<LiteRtRuntime>(file, threads);
}
