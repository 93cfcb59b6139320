#pragma once
#include <cstddef>
#include <cstdint>

#include "sync/instant.h"

// Every limit of the protocol, with its unit and its reason. At a limit we push back (Fault::full) or refuse; nothing
// grows without bound.
namespace yz::sync::limit {

// --- Records and envelopes ---
inline constexpr std::size_t body_bytes = 256 * 1024;         ///< A record's body: 80,000 Chinese characters.
inline constexpr std::size_t nested_body_bytes = 768 * 1024;  ///< A forward carries the original inside.
inline constexpr std::size_t parents = 8;
inline constexpr std::size_t addressees = 16;
inline constexpr std::size_t signatures = 8;
inline constexpr std::size_t forward_depth = 6;  ///< Forwards around one record: as many as there are levels.
inline constexpr std::size_t forward_note_bytes = 4096;
inline constexpr std::size_t forward_attachments = 128;
inline constexpr std::size_t forward_certificates = 16;  ///< Of eight signers, and of the offices above them.
inline constexpr std::size_t wraps = 8;
inline constexpr std::size_t envelope_bytes = 1024 * 1024;   ///< The whole envelope; a receiver holds one in memory.
inline constexpr std::size_t plaintext_bytes = 1024 * 1024;  ///< After decompression: stops a bomb.
inline constexpr std::size_t envelope_items = 1024;

// --- Cutting: what goes into one envelope (protocol 4) ---
inline constexpr std::size_t flash_plain_bytes = 16 * 1024;  ///< Small, so that a flash never waits for its own kind.
inline constexpr std::size_t flash_crowd_plain_bytes = 64 * 1024;  ///< When more than flash_crowd wait.
inline constexpr std::size_t flash_crowd = 16;
inline constexpr std::size_t cut_records = 256;
inline constexpr std::size_t cut_plain_bytes = 512 * 1024;
inline constexpr std::size_t cut_plain_least_bytes = 128 * 1024;
inline constexpr Millis cut_link_ms = 8000;  ///< Sealed bytes of an urgent envelope take about so long on a slow line.
/// A routine one: what is sealed together compresses better (300 reports: 340 kB in pieces of 8 s, 285 kB so), and
/// since parts outlive a cut, a large envelope loses nothing by it.
inline constexpr Millis cut_link_routine_ms = 24'000;
inline constexpr std::size_t flash_pad_bytes =
    1024;  ///< Flash and zero reports are never shorter, so size announces nothing.
inline constexpr std::uint64_t slow_bps = 1'000'000;  ///< Below this rate zstd level 19 instead of 9.

// --- Exchange (protocol 7) ---
inline constexpr std::size_t whole_bytes = 16 * 1024;      ///< A larger envelope goes in parts.
inline constexpr std::size_t part_bytes = 16 * 1024;       ///< On a fast line.
inline constexpr std::size_t part_slow_bytes = 3 * 1024;   ///< On a slow line: what a cut can cost.
inline constexpr std::size_t request_bytes = 1024 * 1024;  ///< Largest body a hub accepts, frames and head.
inline constexpr std::size_t request_start_bytes = 8 * 1024;
inline constexpr std::size_t frame_bytes = envelope_bytes + 64;
inline constexpr std::size_t statements_bytes = 8 * 1024;  ///< At most so many before the first envelope.
/// On its way on a slow line: a flash waits behind no more. The buffer before such a line often holds no more than
/// 16 kB and what the delay holds; what goes beyond is dropped there and sent twice.
inline constexpr std::size_t window_slow_bytes = 20 * 1024;
inline constexpr std::size_t window_fast_bytes = 3 * 1024 * 1024;
inline constexpr std::size_t in_flight = 3;       ///< Requests on the main channel,
inline constexpr std::size_t in_flight_slow = 5;  ///< on a slow line of which we know what is still on its way.
inline constexpr Millis silence_ms = 5000;        ///< Beyond what the bytes need: close and dial again.
inline constexpr std::size_t nonces = 6;          ///< Outstanding per link: all these, and one for the flash channel.
inline constexpr std::size_t commit_frames = 32;  ///< The receiver commits at least so often while a body streams in,
inline constexpr Millis commit_ms = 250;          ///< or after so long.
inline constexpr std::size_t unfinished_per_lane =
    4;  ///< Envelopes in parts that a receiver keeps per link and lane: one per message in flight, and one.
inline constexpr Millis unfinished_ms = 24LL * 3600 * 1000;
inline constexpr std::uint64_t ahead = 4096;  ///< How far beyond a gap envelopes are kept.
inline constexpr std::size_t receipt_ranges = 64;
inline constexpr std::size_t refused_per_receipt = 64;
inline constexpr std::size_t wanted = 32;  ///< Certificates that one statement asks for.
inline constexpr std::size_t statements_kept =
    64;  ///< Of one node and kind, where each stands for itself: a peer must not fill our disk with them.

// --- Restore and clone (protocol 9) ---
inline constexpr std::size_t opened_streams = 128;  ///< Streams that one `opened` names.
inline constexpr std::size_t offered_back = 4096;   ///< Envelopes of one stream given back at a time.
inline constexpr std::size_t empty_streams = 48;    ///< Heard of from a receipt, and nothing of them is here yet.
/// What a relay takes in a day that was sealed by a machine whose keys were taken back: honest mail that was on its way
/// comes through, a thief's flood does not.
inline constexpr std::uint64_t limbo_envelopes = 64, limbo_bytes = 8 << 20;
inline constexpr std::size_t incarnations_a_day = 4;  ///< More are flagged: somebody has to look.
inline constexpr int look_answers = 8;                ///< Answers read before the first cut after a start,
inline constexpr int look_tries = 3;                  ///< or failures in a row: without a line we cut all the same.

// --- Attachments ---
inline constexpr std::size_t chunk_bytes = 32 * 1024;  ///< Ciphertext of one chunk frame, 16 to 64 KiB.
inline constexpr std::size_t attachment_bytes = 200u * 1024 * 1024;
inline constexpr std::uint32_t chunks_max = 16 * 1024;

// --- Back-off ---
inline constexpr Millis retry_min_ms = 1000;
inline constexpr Millis retry_max_ms = 5 * 60 * 1000;
inline constexpr Millis contact_ms = 90 * 1000;  ///< After contact, redial without waiting for so long.

}  // namespace yz::sync::limit
