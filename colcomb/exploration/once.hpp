#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace colcomb::exploration {

/// Values that several threads need and one of them makes, by name. What making one throws, all who
/// ask for it get.
template <class T>
class Once {
 public:
  std::shared_ptr<const T> get(const std::string& name, const std::function<T()>& make) {
    std::promise<std::shared_ptr<const T>> promise;
    std::shared_future<std::shared_ptr<const T>> result;
    bool mine = false;
    {
      const std::scoped_lock lock(mutex_);
      const auto found = made_.find(name);
      mine = found == made_.end();
      result = mine ? promise.get_future().share() : found->second;
      if (mine) made_.emplace(name, result);
    }
    if (mine) {
      try {
        promise.set_value(std::make_shared<const T>(make()));
      } catch (...) {
        promise.set_exception(std::current_exception());
      }
    }
    return result.get();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_future<std::shared_ptr<const T>>> made_;
};

}  // namespace colcomb::exploration
