#pragma once

#include <cstddef>
#include <string>

#include "colcomb/base/random.hpp"
#include "colcomb/dataset/image.hpp"

namespace colcomb::dataset {

/// How pictures are brought to the network's input size, in training often at random.
struct TransformOptions {
  /// What is done to fit pictures to the input.
  enum class Kind {
    kPad,          // black border on all sides, centred; an odd pixel goes right and below
    kCrop,         // kPad, a border of `padding` more, a window of the input size at random
    kResizedCrop,  // a rectangle of random area and aspect, scaled to the input size
    kCenterCrop,   // shorter side to longer input side / `kept`, then the middle
  };

  Kind kind = Kind::kPad;   // what is done
  std::size_t height = 32;  // of the network's input, pixels
  std::size_t width = 32;   // of the result, pixels
  bool flip = false;        // mirror left and right in half the cases; wrong for digits
  /// Side of a square put in mid-grey at a random place, which may reach over the border; 0: none.
  std::size_t cutout = 0;

  // The literature's values; leave them alone to be comparable with it.
  std::size_t padding = 4;        // kCrop: pixels on each side
  double least_area = 0.2;        // kResizedCrop: smallest part of the picture's area
  double least_aspect = 3.0 / 4;  // kResizedCrop: width / height is between this and its inverse
  double kept = 0.875;            // kCenterCrop: part of the shorter side that is kept
};

/// Rows [top, bottom) and columns [left, right) of an input.
struct Area {
  /// First row and behind the last one, columns likewise.
  std::size_t top = 0;     // first row
  std::size_t bottom = 0;  // behind the last row
  std::size_t left = 0;    // first column
  std::size_t right = 0;   // behind the last column
  /// Whether it covers no pixel.
  [[nodiscard]] bool empty() const { return top >= bottom || left >= right; }
};

/// What chance decides about one picture under kPad or kCrop. The input is a window on an endless
/// black plane that holds the picture; then it is mirrored, then covered.
struct Placement {
  std::ptrdiff_t top = 0;   // the window's corner in the picture's coordinates, pixels
  std::ptrdiff_t left = 0;  // of the crop, pixels; may be negative
  bool mirrored = false;    // left and right exchanged
  Area cut;                 // of the input: put in mid-grey
};

/// The usual transformation of a data set's pictures.
///   mnist:                     kPad, augmented kCrop
///   fashion-mnist, cifar:      kPad, augmented kCrop and flip
///   folder, imagenet:          kCenterCrop, augmented kResizedCrop and flip
/// `augment` counts in training only.
/// Errors: UserError of kind usage for an unknown name or an empty input.
[[nodiscard]] TransformOptions transform_for(const std::string& dataset, ImageSize input,
                                             bool training, bool augment);

/// The picture at the input's size, with its channels. Draws from `random` depend on the options
/// and the picture's size alone.
/// Errors: UserError of kind usage if kPad or kCrop get a picture larger than the input.
[[nodiscard]] Image transformed(const Image& image, const TransformOptions& options,
                                Random& random);

/// Whether pictures are neither scaled nor cut out but only placed: kPad and kCrop.
[[nodiscard]] bool is_window(const TransformOptions& options);

/// What transformed() would draw and do for a picture of this size, with the same draws.
/// Requires: is_window(options). Errors: as transformed().
[[nodiscard]] Placement draw_placement(ImageSize picture, const TransformOptions& options,
                                       Random& random);

}  // namespace colcomb::dataset
