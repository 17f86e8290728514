#pragma once

#include <onnx/onnx_pb.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

// Internal to the room.
namespace colcomb::interchange {

/// Reads what tensors of a model keep in files beside it (TensorProto.external_data): files within
/// the model's folder alone, each byte of them at most once, and never more than a file holds.
class ExternalData {
 public:
  explicit ExternalData(const std::filesystem::path& model) : folder_(model.parent_path()) {}

  /// The bytes of `tensor`, of which its shape needs `wanted`.
  /// Errors: Unreadable (below) with field, value and rule.
  [[nodiscard]] std::string read(const onnx::TensorProto& tensor, std::size_t wanted);

  struct Unreadable {
    std::string field, value, rule;
  };

 private:
  struct File {
    std::filesystem::path path;
    std::size_t size = 0;
    std::size_t claimed = 0;  // bytes read by tensors so far
  };
  File& open(const std::string& location);

  std::filesystem::path folder_;
  std::map<std::string, File> files_;
};

}  // namespace colcomb::interchange
