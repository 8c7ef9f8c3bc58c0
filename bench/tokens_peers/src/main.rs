// Counts the tokens of a file's texts, as src/tokens/tokens_bench.cpp does: CRATE ENCODING FILE; prints one line of JSON.
use std::{env, fs, hint::black_box};

#[repr(C)]
struct Timespec { seconds: i64, nanoseconds: i64 }
extern "C" { fn clock_gettime(clock: i32, now: *mut Timespec) -> i32; }
const THREAD_CPU: i32 = 3;

fn cpu_ns() -> i64 {
    let mut now = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(THREAD_CPU, &mut now) };
    now.seconds * 1_000_000_000 + now.nanoseconds
}

fn forget_caches(other: &mut [u8]) {
    for i in (0..other.len()).step_by(64) { other[i] = other[i].wrapping_add(1); }
    black_box(other);
}

fn texts(path: &str) -> Vec<String> {
    let bytes = fs::read(path).expect("the file of texts");
    let (mut at, mut found) = (0, Vec::new());
    while at + 4 <= bytes.len() {
        let size = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        found.push(String::from_utf8(bytes[at + 4..at + 4 + size].to_vec()).expect("UTF-8"));
        at += 4 + size;
    }
    found
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let o200k = arguments[2] == "o200k_base";
    let tiktoken = if o200k { tiktoken_rs::o200k_base().unwrap() } else { tiktoken_rs::cl100k_base().unwrap() };
    let bpe = if o200k { bpe_openai::o200k_base() } else { bpe_openai::cl100k_base() };
    let is_tiktoken = arguments[1] == "tiktoken-rs";
    let count = |text: &str| if is_tiktoken { tiktoken.count_ordinary(text) } else { bpe.count(text) };

    let all = texts(&arguments[3]);
    let (before, texts) = all.split_at(all.len() / 2);
    let mut other = vec![0u8; 8 << 20];
    let (mut tokens, mut cold) = (0, 0);
    count("one");
    for text in before { count(text); }
    for text in texts {
        forget_caches(&mut other);
        let before = cpu_ns();
        tokens += count(text);
        cold += cpu_ns() - before;
    }
    let mut passes: Vec<i64> = (0..5).map(|_| {
        let before = cpu_ns();
        for text in texts { black_box(count(text)); }
        cpu_ns() - before
    }).collect();
    passes.sort();
    println!("{{\"tokens\": {tokens}, \"cold_ns\": {cold}, \"warm_ns\": {}}}", passes[2]);
}
