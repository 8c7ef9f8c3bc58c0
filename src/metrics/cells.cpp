#include "metrics/cells.h"

namespace tollgate {

MetricCells::~MetricCells() {
  for (auto& chunk : chunks_) delete chunk.load(std::memory_order_relaxed);
}

MetricCells::Chunk* MetricCells::add_chunk(std::size_t number) {
  auto* chunk = new Chunk;
  chunks_[number].store(chunk, std::memory_order_release);
  return chunk;
}

}  // namespace tollgate
