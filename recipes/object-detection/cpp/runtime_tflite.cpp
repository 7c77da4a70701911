// The runtime by TensorFlow Lite's C interface, as Android's libtensorflowlite_jni.so exports it.
#include <stdexcept>

#include "runtime.h"
#include "tflite_c.h"

namespace {

constexpr int kOutputs = 4;

template <typename Object, void (*destroy)(Object*)>
struct Destroyer {
  void operator()(Object* object) const { destroy(object); }
};
template <typename Object, void (*destroy)(Object*)>
using Owned = std::unique_ptr<Object, Destroyer<Object, destroy>>;

using Model = Owned<TfLiteModel, TfLiteModelDelete>;
using Options = Owned<TfLiteInterpreterOptions, TfLiteInterpreterOptionsDelete>;
using Interpreter = Owned<TfLiteInterpreter, TfLiteInterpreterDelete>;

void require(bool is_met, const char* message) {
  if (!is_met) throw std::runtime_error(message);
}

Interpreter create_interpreter(const Model& model, int threads) {
  require(model != nullptr, "TensorFlow Lite cannot read the model");
  const Options options(TfLiteInterpreterOptionsCreate());
  TfLiteInterpreterOptionsSetNumThreads(options.get(), threads);
  Interpreter interpreter(TfLiteInterpreterCreate(model.get(), options.get()));
  require(interpreter != nullptr, "TensorFlow Lite cannot interpret the model");
  require(TfLiteInterpreterAllocateTensors(interpreter.get()) == kTfLiteOk,
          "TensorFlow Lite cannot allocate the model's tensors");
  return interpreter;
}

class TfLiteRuntime final : public Runtime {
 public:
  TfLiteRuntime(const std::filesystem::path& file, int threads)
      : model_(TfLiteModelCreateFromFile(file.string().c_str())),
        interpreter_(create_interpreter(model_, threads)) {
    require(TfLiteInterpreterGetInputTensorCount(interpreter_.get()) == 1,
            "the model has not one input");
    input_ = TfLiteInterpreterGetInputTensor(interpreter_.get(), 0);
    require(TfLiteTensorNumDims(input_) == 4 && TfLiteTensorDim(input_, 3) == 3 &&
                TfLiteTensorType(input_) == kTfLiteUInt8,
            "the model's input is not an RGB image in bytes");
    require(TfLiteInterpreterGetOutputTensorCount(interpreter_.get()) == kOutputs,
            "the model's outputs are not boxes, classes, scores and a count");
  }

  std::string name() const override { return "tflite"; }
  std::string version() const override { return TfLiteVersion(); }
  InputSize input_size() const override {
    return {TfLiteTensorDim(input_, 2), TfLiteTensorDim(input_, 1)};
  }

  std::vector<RawDetection> run(const Image& input) override {
    require(TfLiteTensorCopyFromBuffer(input_, input.pixels.data(), input.pixels.size()) ==
                kTfLiteOk,
            "TensorFlow Lite cannot take the image");
    require(TfLiteInterpreterInvoke(interpreter_.get()) == kTfLiteOk,
            "TensorFlow Lite cannot run the model");
    return to_rows({read(0), read(1), read(2), read(3)});
  }

 private:
  std::vector<float> read(int index) const {
    const TfLiteTensor* tensor = TfLiteInterpreterGetOutputTensor(interpreter_.get(), index);
    std::vector<float> values(TfLiteTensorByteSize(tensor) / sizeof(float));
    require(TfLiteTensorCopyToBuffer(tensor, values.data(), values.size() * sizeof(float)) ==
                kTfLiteOk,
            "TensorFlow Lite cannot return an output");
    return values;
  }

  Model model_;
  Interpreter interpreter_;
  TfLiteTensor* input_ = nullptr;
};

}  // namespace

std::unique_ptr<Runtime> load_model(const std::filesystem::path& file, int threads) {
  return std::make_unique<TfLiteRuntime>(file, threads);
}
