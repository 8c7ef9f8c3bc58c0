#pragma once
// For tests only: tokenizers small enough to be reckoned by hand.

#include <string>
#include <string_view>

namespace tollgate {

// Bytes, split as GPT-2 splits: hello and Ġworld are a token each, all else bytes.
constexpr std::string_view tiny_byte_level = R"({"added_tokens":[{"id":20,"content":"<|end|>","special":true,"normalized":false},{"id":21,"content":"<tool>","special":false,"normalized":false}],
 "normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},
 "model":{"type":"BPE","vocab":{"h":0,"e":1,"l":2,"o":3,"w":4,"r":5,"d":6,"Ġ":7,"he":8,"ll":9,"hell":10,"hello":11,"Ġw":12,"or":13,"ld":14,"Ġwor":15,"Ġworld":16,"<":17,"|":18,">":19,"n":22},
 "merges":["h e",["l","l"],"he ll","hell o","Ġ w","o r","l d","Ġw or","Ġwor ld"]}})";

// As Llama 2 and Gemma have it: spaces become ▁, what has no token becomes its bytes.
inline std::string tiny_metaspace(std::string_view byte_fallback = "true") {
  std::string vocab = R"("<unk>":0,"▁":1,"a":2,"b":3,"ab":4,"▁a":5,"▁ab":6)";
  for (int byte = 0; byte < 256; ++byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    vocab += std::string(",\"<0x") + digits[static_cast<std::size_t>(byte >> 4)] + digits[static_cast<std::size_t>(byte & 15)] + ">\":" + std::to_string(7 + byte);
  }
  return R"({"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},"pre_tokenizer":null,"model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":)" +
         std::string(byte_fallback) + R"(,"vocab":{)" + vocab + R"(},"merges":["▁ a","a b","▁a b"]}})";
}

// ▁ab is likelier than ▁a and b; c and d are unknown.
constexpr std::string_view tiny_unigram = R"({"normalizer":{"type":"NFKC"},"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
 "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0.0],["▁",-2.0],["a",-3.0],["b",-3.5],["▁a",-3.0],["▁ab",-6.0],["abab",-4.0]],"byte_fallback":false}})";

}  // namespace tollgate
