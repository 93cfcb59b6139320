#pragma once

/// Whether a slot of the cheap cost was refused before main called allow_cheap.
extern bool cheap_was_refused_at_first;
