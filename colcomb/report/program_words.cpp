#include "colcomb/report/program_words.hpp"

namespace colcomb::report {

const char* name_of(LayerRole role) {
  switch (role) {
    case LayerRole::kHidden:
      return "hidden";
    case LayerRole::kPooled:
      return "pooled";
    case LayerRole::kClassifier:
      return "classifier";
  }
  return "unknown";
}

const char* name_of(InputSource source) {
  switch (source) {
    case InputSource::kNone:
      return "none";
    case InputSource::kKept:
      return "kept";
    case InputSource::kImage:
      return "image";
    case InputSource::kBlock:
      return "block";
  }
  return "unknown";
}

const char* name_of(TransferKind kind) {
  switch (kind) {
    case TransferKind::kWeights:
      return "weights";
    case TransferKind::kImages:
      return "images";
    case TransferKind::kInput:
      return "input";
    case TransferKind::kResidual:
      return "residual";
    case TransferKind::kOutput:
      return "output";
  }
  return "unknown";
}

}  // namespace colcomb::report
