#include "colcomb/artifacts/payload.hpp"

#include <gtest/gtest.h>

namespace colcomb {
namespace {

using schema::LayerDescription;

// As a writer that leaves out optional fields, or that does not know them, has written it.
TEST(Payload, FieldsThatAFileLacksTakeTheirDefaults) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString("conv0");
  const std::vector<schema::Column> columns = {{0, 0, 0}, {1, 0, 0}};
  const auto stored_columns = builder.CreateVectorOfStructs(columns);
  schema::LayerDescriptionBuilder layer(builder);
  layer.add_name(name);
  layer.add_in_channels(2);
  layer.add_out_channels(4);
  layer.add_kernel(1);
  layer.add_stride(1);
  layer.add_alpha(2);
  layer.add_columns(stored_columns);
  layer.add_in_height(3);
  layer.add_in_width(3);
  const auto stored_layer = layer.Finish();
  const auto layers = builder.CreateVector(std::vector{stored_layer});
  const std::vector<double> numbers = {0.5, 0.5};
  const auto mean = builder.CreateVector(numbers);
  const auto std = builder.CreateVector(numbers);
  const auto input = schema::CreateInput(builder, 2, 3, 3, mean, std, 1);
  const auto data = schema::CreateDataDescription(
      builder, builder.CreateString(""),
      builder.CreateVector(std::vector<flatbuffers::Offset<flatbuffers::String>>{}));
  builder.Finish(
      schema::CreateNetworkDescription(builder, input, 4, 0, layers, stored_layer, data));

  PayloadReader reader({builder.GetBufferPointer(), builder.GetSize()}, "file");
  const auto& root = reader.root<schema::NetworkDescription>();
  const auto* const only = reader.need(root.hidden()).Get(0);
  ASSERT_FALSE(flatbuffers::IsFieldPresent(&reader.need(only), LayerDescription::VT_CONV_GROUPS));
  const NetworkDescription read = reader.description(&root);
  ASSERT_EQ(read.hidden.size(), 1U);
  EXPECT_EQ(read.layer(0).out_channels, 4U);
  EXPECT_EQ(read.layer(0).conv_groups, 1U);
  EXPECT_TRUE(read.layer(0).batch_norm);
  EXPECT_FALSE(read.layer(0).fixed);
  EXPECT_FALSE(read.layer(0).window);
  EXPECT_FALSE(read.layer(0).residual);
  EXPECT_EQ(read.classifier, read.hidden[0]);
}

}  // namespace
}  // namespace colcomb
