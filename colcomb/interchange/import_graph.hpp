#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "colcomb/interchange/import_chain.hpp"
#include "colcomb/interchange/import_groups.hpp"
#include "colcomb/interchange/import_input.hpp"
#include "colcomb/interchange/import_values.hpp"
#include "colcomb/interchange/node_attributes.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// Walks a graph's nodes in their order. What each kind of node does is in import_*.cpp, one file
/// per family of operators; their errors are Unsupported.
class GraphImporter {
 public:
  /// `groups`: read_groups(graph), which must outlive this. `unpooled` as ChainBuilder's.
  GraphImporter(const OnnxGraph& graph, const ImageInput& image, std::size_t alpha,
                const GroupsByWeights& groups, std::set<std::string> unpooled);

  /// A verdict for each node that the output depends on, and the network if all are supported.
  [[nodiscard]] ImportedModel run();
  /// See ChainBuilder::read_unpooled.
  [[nodiscard]] const std::set<std::string>& read_unpooled() const {
    return chain_.read_unpooled();
  }

 private:
  using Handler = std::string (GraphImporter::*)(const OnnxNode&);
  static const std::map<std::string, Handler>& handlers();
  void find_needed();
  void find_ends();
  void fold_constants();
  [[nodiscard]] bool is_constant_expression(const OnnxNode& node) const;
  std::string fold(const OnnxNode& node);
  NodeVerdict visit(std::size_t index);
  std::string treat(const OnnxNode& node);
  void check_inferred(ImportedModel& model) const;
  void release(std::size_t index);
  void finish(ImportedModel& model);

  // Inputs of nodes.
  [[nodiscard]] bool has_input(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] const Value& input(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] const OnnxTensor* tensor(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] const OnnxTensor& float_tensor(const OnnxNode& node, std::size_t i,
                                               const char* what) const;
  [[nodiscard]] std::vector<std::int64_t> integers(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] bool never_negative(const Product& product) const;
  /// A product that no ReLU has ended becomes a layer, a signed one if it may be negative.
  [[nodiscard]] MapValue map_input(const OnnxNode& node, std::size_t i);
  /// The groups of the columns of the filter matrix that the node's weights make, where the model
  /// says some.
  [[nodiscard]] std::optional<ColumnGroups> groups_of(const OnnxNode& node,
                                                      const Matrix<float>& weights) const;
  [[nodiscard]] std::optional<std::size_t> only_constant(const OnnxNode& node) const;
  /// A tensor whose elements are all one number.
  [[nodiscard]] double one_number(const OnnxNode& node, std::size_t i, const char* what) const;
  void give(const OnnxNode& node, Value value);
  /// As the graph has them, batch first.
  [[nodiscard]] std::vector<std::int64_t> dims_of(const Value& value) const;

  // Attributes of nodes.
  static constexpr auto integer = integer_of;
  static constexpr auto real = real_of;
  static constexpr auto text = text_of;
  static constexpr auto list = list_of;

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
  std::string sum_of_products(const OnnxNode& node, const Value& a, const Value& b);
  std::string sum(const OnnxNode& node);
  std::string scaling(const OnnxNode& node);
  std::string relu(const OnnxNode& node);
  std::string clip(const OnnxNode& node);
  std::string maximum(const OnnxNode& node);
  std::string minimum(const OnnxNode& node);
  std::string max_pool(const OnnxNode& node);
  std::string global_max_pool(const OnnxNode& node);
  std::string reduce_max(const OnnxNode& node);
  std::string average_pool(const OnnxNode& node);
  std::string global_average_pool(const OnnxNode& node);
  std::string reduce_mean(const OnnxNode& node);
  std::string flatten(const OnnxNode& node);
  std::string reshape(const OnnxNode& node);
  std::string squeeze(const OnnxNode& node);
  std::string pass_through(const OnnxNode& node);
  std::string dropout(const OnnxNode& node);
  std::string pad(const OnnxNode& node);
  std::string transpose(const OnnxNode& node);
  std::string class_scores(const OnnxNode& node);
  std::string shape(const OnnxNode& node);
  std::string gather(const OnnxNode& node);
  std::string unsqueeze(const OnnxNode& node);
  std::string concat(const OnnxNode& node);
  std::string cast(const OnnxNode& node);

  // Activation functions (import_tables.cpp).
  void find_functions();
  /// Whether the node is part of a function of another value's numbers.
  [[nodiscard]] bool is_function(const OnnxNode& node) const;
  std::string apply_function(const OnnxNode& node);
  /// Lets the value `name` be a layer's map if it is a function of another.
  void settle(const std::string& name);
  [[nodiscard]] std::vector<std::size_t> computed_inputs(const OnnxNode& node) const;
  [[nodiscard]] std::vector<FunctionOf> as_functions(const OnnxNode& node, std::size_t i);
  [[nodiscard]] bool is_read_elsewhere(const std::string& name) const;
  [[nodiscard]] bool is_elementwise(const OnnxNode& node) const;
  [[nodiscard]] bool is_usual_clip(const OnnxNode& node) const;
  [[nodiscard]] std::optional<double> number_of(const OnnxNode& node, std::size_t i) const;
  [[nodiscard]] std::vector<double> slopes_of(const OnnxNode& node) const;
  [[nodiscard]] ScalarFunction function_of(const OnnxNode& node, const ScalarFunction& x) const;

  std::string end_with(const OnnxNode& node, double limit);
  std::string end_at(const OnnxNode& node, double least, double most);
  [[nodiscard]] double limit_behind(const OnnxNode& node) const;
  std::string drop(const OnnxNode& node);
  std::string reshape_to(const OnnxNode& node, Value value,
                         const std::vector<std::int64_t>& target);
  /// Where the image alone is scaled and shifted, by positive numbers: whether that was taken into
  /// its normalization.
  bool normalizes_image(const OnnxNode& node, const Value& value, const std::vector<double>& scale,
                        const std::vector<double>& offset);
  std::string maxima_over_map(const OnnxNode& node, bool keeps_map);
  [[nodiscard]] bool over_pixels(const OnnxNode& node, const Shape& shape) const;
  std::string dense(const OnnxNode& node, Matrix<float> weights, std::vector<double> bias);
  Product open_product(const OnnxNode& node, std::size_t i);
  std::string affine(const OnnxNode& node, std::size_t i, const std::vector<double>& scale,
                     const std::vector<double>& offset, const char* what);
  [[nodiscard]] bool commutes_with_mean(const Product& product, const Shape& shape) const;
  std::string average_over_map(const OnnxNode& node, bool keeps_map);
  [[nodiscard]] Product product_of(const Value& value) const;
  [[nodiscard]] ModelNorm norm_of(const OnnxNode& node, std::size_t channels) const;
  /// That a factor, or a bias alone, may still be folded into the product.
  static void require_open(const Product& product, const char* what);
  static void require_foldable(const Product& product, const char* what);
  [[nodiscard]] std::vector<double> per_channel(const OnnxTensor& constant,
                                                const Shape& shape) const;
  /// The same of input `i` of an element-wise node with `value`.
  [[nodiscard]] std::vector<double> operand(const OnnxNode& node, std::size_t i,
                                            const Value& value) const;

  const OnnxGraph& graph_;
  const GroupsByWeights& groups_;
  ChainBuilder chain_;
  std::int64_t batch_;
  std::size_t constant_room_ = 0;  // elements that constant expressions may still give
  std::map<std::string, Value> values_;
  std::vector<bool> needed_;                                 // per node: the output depends on it
  std::map<std::string, std::vector<std::size_t>> readers_;  // per value: needed nodes
  std::map<std::size_t, std::vector<std::int64_t>> shapes_;  // per node: of its output
  std::map<std::size_t, NodeVerdict> folded_;                // per node that is a constant
  std::map<std::string, FunctionOf> settled_;  // functions that have become layers' maps
  std::set<std::string> functions_;  // outputs of nodes that combine functions of one value
  /// Values behind which only nodes come that keep the order of the classes.
  std::set<std::string> ends_;
  std::set<std::string> dropped_;  // values of such nodes
};

}  // namespace colcomb::interchange
