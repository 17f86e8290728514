#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "colcomb/interchange/import_chain.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// Walks a graph's nodes in their order. What each kind of node does is in import_*.cpp, one file
/// per family of operators; their errors are Unsupported.
class GraphImporter {
 public:
  /// `unpooled` as ChainBuilder's.
  GraphImporter(const OnnxGraph& graph, const InputDescription& input, std::size_t alpha,
                std::set<std::string> unpooled);

  /// A verdict for each node that the output depends on, and the network if all are supported.
  [[nodiscard]] ImportedModel run();
  /// See ChainBuilder::read_unpooled.
  [[nodiscard]] const std::set<std::string>& read_unpooled() const {
    return chain_.read_unpooled();
  }

 private:
  using Handler = std::string (GraphImporter::*)(const OnnxNode&);
  static const std::map<std::string, Handler>& handlers();
  [[nodiscard]] std::vector<bool> needed_nodes() const;
  NodeVerdict visit(const OnnxNode& node);
  void finish(ImportedModel& model);

  // Inputs of nodes.
  [[nodiscard]] bool has_input(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] const Value& input(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] const OnnxTensor* tensor(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] const OnnxTensor& float_tensor(const OnnxNode& node, std::size_t i,
                                               const char* what) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] MapValue map_input(const OnnxNode& node, std::size_t i) const;
  void give(const OnnxNode& node, Value value);

  // Attributes of nodes.
  [[nodiscard]] static std::int64_t integer(const OnnxNode& node, const char* name,
                                            std::int64_t otherwise);
  [[nodiscard]] static float real(const OnnxNode& node, const char* name, float otherwise);
  [[nodiscard]] static std::string text(const OnnxNode& node, const char* name,
                                        const char* otherwise);
  [[nodiscard]] static std::vector<std::int64_t> list(const OnnxNode& node, const char* name,
                                                      std::vector<std::int64_t> otherwise);

  /// Where the windows of a convolution or a pooling lie.
  struct Geometry {
    Window window;
    std::size_t stride = 1;
    std::size_t pad_bottom = 0, pad_right = 0;  // as given
    bool overhangs = false;                     // ceil_mode made a window reach beyond the padding
  };
  [[nodiscard]] Geometry geometry(const OnnxNode& node, const Shape& in, const Padding& around,
                                  std::vector<std::int64_t> kernel) const;

  // Operators. Each gives its node's outputs and says what becomes of it.
  std::string convolution(const OnnxNode& node);
  std::string gemm(const OnnxNode& node);
  std::string matrix_product(const OnnxNode& node);
  std::string batch_normalization(const OnnxNode& node);
  std::string addition(const OnnxNode& node);
  std::string scaling(const OnnxNode& node);
  std::string relu(const OnnxNode& node);
  std::string clip(const OnnxNode& node);
  std::string max_pool(const OnnxNode& node);
  std::string average_pool(const OnnxNode& node);
  std::string global_average_pool(const OnnxNode& node);
  std::string reduce_mean(const OnnxNode& node);
  std::string flatten(const OnnxNode& node);
  std::string reshape(const OnnxNode& node);
  std::string squeeze(const OnnxNode& node);
  std::string pass_through(const OnnxNode& node);
  std::string dropout(const OnnxNode& node);
  std::string pad(const OnnxNode& node);
  std::string constant(const OnnxNode& node);
  std::string softmax(const OnnxNode& node);
  std::string shape(const OnnxNode& node);
  std::string gather(const OnnxNode& node);
  std::string unsqueeze(const OnnxNode& node);
  std::string concat(const OnnxNode& node);
  std::string cast(const OnnxNode& node);

  std::string end_with(const OnnxNode& node, double limit);
  std::string dense(const OnnxNode& node, Matrix<float> weights, std::vector<double> bias);
  std::string affine(const OnnxNode& node, Value value, const std::vector<double>& scale,
                     const std::vector<double>& offset, const char* what);
  std::string average_over_map(const OnnxNode& node, bool keeps_map);
  [[nodiscard]] Product product_of(const Value& value) const;
  void require_one_constant(const OnnxNode& node) const;
  [[nodiscard]] std::vector<double> per_channel(const OnnxTensor& constant,
                                                const Shape& shape) const;

  const OnnxGraph& graph_;
  ChainBuilder chain_;
  std::map<std::string, Value> values_;
};

}  // namespace colcomb::interchange
