#include "colcomb/interchange/onnx_tensor.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "colcomb/base/error.hpp"
#include "colcomb/base/half.hpp"

namespace colcomb::interchange {
namespace {

float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

class TensorReader {
 public:
  TensorReader(const onnx::TensorProto& source, const std::string& file, ExternalData& external)
      : source_(source),
        file_(file),
        external_(external),
        field_("tensor " + printable(source.name())) {}

  OnnxTensor read() {
    if (source_.has_segment()) fail("segment", "must be stored whole");
    OnnxTensor result;
    result.dims.assign(source_.dims().begin(), source_.dims().end());
    const std::size_t count = elements(result.dims);
    const auto integers = [&]<class T>(T, const auto& typed) {
      const std::vector<T> values = numbers<T>(typed, count);
      result.integers.assign(values.begin(), values.end());
      result.kind = OnnxTensor::Kind::kInteger;
    };
    switch (source_.data_type()) {
      case onnx::TensorProto::FLOAT:
        result.floats = numbers<float>(source_.float_data(), count);
        break;
      case onnx::TensorProto::DOUBLE:
        for (const double value : numbers<double>(source_.double_data(), count)) {
          if (std::abs(value) > std::numeric_limits<float>::max())
            fail(fmt::to_string(value), "must be within float32's range");
          result.floats.push_back(static_cast<float>(value));
        }
        break;
      case onnx::TensorProto::FLOAT16:
        for (const auto half : numbers<std::uint16_t>(source_.int32_data(), count))
          result.floats.push_back(from_half(half));
        break;
      case onnx::TensorProto::BFLOAT16:
        for (const auto half : numbers<std::uint16_t>(source_.int32_data(), count))
          result.floats.push_back(from_bfloat(half));
        break;
      case onnx::TensorProto::INT64:
        integers(std::int64_t{}, source_.int64_data());
        break;
      case onnx::TensorProto::INT32:
        integers(std::int32_t{}, source_.int32_data());
        break;
      case onnx::TensorProto::INT8:
        integers(std::int8_t{}, source_.int32_data());
        break;
      case onnx::TensorProto::BOOL:
      case onnx::TensorProto::UINT8:
        integers(std::uint8_t{}, source_.int32_data());
        break;
      default:
        result.kind = OnnxTensor::Kind::kOther;
        result.other_type = type_name(source_.data_type());
    }
    for (const float value : result.floats) {
      if (!std::isfinite(value)) fail(fmt::to_string(value), "must be finite");
    }
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& value, const std::string& rule) const {
    throw file_error(file_, field_, value, rule);
  }

  std::size_t elements(const std::vector<std::int64_t>& dims) const {
    constexpr std::size_t kMost = std::size_t{1} << 31;
    std::size_t count = 1;
    for (const std::int64_t extent : dims) {
      if (extent < 0 || static_cast<std::size_t>(extent) > kMost ||
          (count *= static_cast<std::size_t>(extent)) > kMost) {
        fail(fmt::to_string(extent), "is no dimension of a tensor of up to 2^31 elements");
      }
    }
    return count;
  }

  /// Raw data as elements of type T, or what `typed`, the field of that type, holds.
  template <class T, class Typed>
  std::vector<T> numbers(const Typed& typed, std::size_t count) {
    if (source_.data_location() == onnx::TensorProto::EXTERNAL) {
      try {
        return from_raw<T>(external_.read(source_, count * sizeof(T)), count);
      } catch (const ExternalData::Unreadable& error) {
        throw file_error(file_, field_ + ", " + error.field, error.value, error.rule);
      }
    }
    if (source_.external_data_size() > 0)
      fail("external data", "must have the data location EXTERNAL");
    const std::string& raw = source_.raw_data();
    const bool is_raw = source_.has_raw_data() && typed.empty();
    const std::size_t found = is_raw ? raw.size() : static_cast<std::size_t>(typed.size());
    const std::size_t wanted = is_raw ? count * sizeof(T) : count;
    if (found != wanted) {
      fail(fmt::format("{} {} of data", found, is_raw ? "bytes" : "values"),
           fmt::format("must have {}, as its dimensions say", wanted));
    }
    if (is_raw) return from_raw<T>(raw, count);
    std::vector<T> result(count);
    for (std::size_t i = 0; i < count; ++i)
      result[i] = static_cast<T>(typed.Get(static_cast<int>(i)));
    return result;
  }

  template <class T>
  static std::vector<T> from_raw(const std::string& raw, std::size_t count) {
    static_assert(std::endian::native == std::endian::little);
    std::vector<T> result(count);
    if (count > 0) std::memcpy(result.data(), raw.data(), raw.size());
    return result;
  }

  const onnx::TensorProto& source_;
  const std::string& file_;
  ExternalData& external_;
  std::string field_;
};

}  // namespace

OnnxTensor read_tensor(const onnx::TensorProto& source, const std::string& file,
                       ExternalData& external) {
  return TensorReader(source, file, external).read();
}

std::string type_name(int type) {
  return onnx::TensorProto::DataType_IsValid(type)
             ? onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(type))
             : fmt::format("element type {}", type);
}

}  // namespace colcomb::interchange
