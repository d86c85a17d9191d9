package codec

// The limits of what a decoder takes (R17).
const (
	MaxLearned    = maxLearned    // structural types that peers may bring up
	MemoryPerByte = memoryPerByte // bytes that a message may take beside itself and its strings, for each that came,
	MemoryBase    = memoryBase    // and in any case
)
