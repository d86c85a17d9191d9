// Package codec turns messages into bytes and back, for other processes
// (msgpack), for HTTP and for eyes (JSON), and from HTTP (JSON and forms).
//
// There are three nouns.
//
// A message is a plain Go value: a struct, a slice, a map, a number. It holds no
// pointers, channels or functions, because these mean nothing elsewhere.
//
// Its name is what both ends know its type by. The types of an application are
// named by it, in [New]; the others have a structural name, made from this table:
//
//	bool      boolean        string         string
//	int       integer        []byte         block
//	int8      integer1       time.Time      time
//	int16     integer2       time.Duration  duration
//	int32     integer4       uuid.UUID      uuid
//	int64     integer8       the address    address
//	uint      unsigned       nil            nil
//	uint8     unsigned1      []T            vector<T>
//	uint16    unsigned2      map[string]T   map<string,T>
//	uint32    unsigned4      any            any, but only inside the last two
//	uint64    unsigned8
//	float32   float4
//	float64   float8
//
// T is a type of the table or one that is registered, so []Xy is vector<xy>. A
// type that is none of these, an unregistered type Celsius float64 too, does not
// leave the process as a message or inside any: it could not arrive as what it was.
// As a field or element of a known type it needs no name.
//
// A program understands the structural names of all that it sent, and of at most
// 1024 types more; beyond that a message of such a type is [Unknown], as are those
// of types that are not registered.
//
// The plan of a type says how its values are written. It is made once, when
// the type is registered or first met.
//
// # The wire
//
// A body is one msgpack value. Which one depends on the type:
//
//	bool, string        as msgpack has them; a string is UTF-8
//	integers, Duration  the shortest integer
//	floats              float 32 or float 64
//	bytes               bin; []byte(nil) is nil; [N]byte has exactly N, uuid.UUID 16
//	slice               array; a nil slice is nil, an empty one an empty array
//	[N]T                array of exactly N
//	map                 map, keys in order; a nil map is nil. Keys are strings
//	struct              array of its fields in the order of their declaration
//	any                 nil, or an array of two: the name of the type and the value
//	time.Time           timestamp (extension −1): the instant; it arrives in UTC
//	address             extension 1 with 32 bytes: process 16, actor 8, key 8, both
//	                    big endian; nobody is nil
//
// The fields of a struct are the exported ones, embedded structs, and those that are
// retired; one tagged `msgpack:"-"` stays behind, and so do unexported ones. A struct
// all of whose fields would stay behind is refused, unless it can write itself as
// encoding.BinaryMarshaler (bin) or encoding.TextMarshaler (string) do.
//
// A reader takes any number that fits: an integer for a float, a whole float for an
// integer. It refuses what does not fit: 300 for a uint8, −1 for a uint, 1.5 for an
// int, 1e300 for a float32. A float 64 is rounded to a float32. It refuses a key that
// comes twice.
//
// # Change
//
// Fields are known by their place. A reader takes those that it knows: those that are
// missing are zero, those beyond are skipped, and nil is the zero of any field. So a
// type may change while programs with the older one run:
//
//	the newer                       reads the older as     is read by the older as
//	a field is appended             zero                   it is not there
//	a field is retired              it is not there        zero
//	a field is renamed, or the Go   the same               the same
//	  type, or its package
//	an embedded struct is named     the same               the same
//	a struct type is another with   the same               the same
//	  the same fields, a basic
//	  type is named (type C float64)
//	a field that is not sent is     zero                   the same
//	  added
//	a number is widened             the same               the same if it fits
//	unsigned instead of signed      the same if it fits    the same if it fits
//	float instead of integer        the same               the same if it is whole
//	                                                       and fits
//	Duration instead of integer     the same               the same
//	[]T instead of [N]T             the same               the same if it is as long
//	the type writes itself as it    the same               the same
//	  was written
//	a type is registered            –                      Unknown
//
// What does not fit is refused, with the way to it, and is Undelivered to its sender.
//
// A field is retired by the name _. It keeps its place: nil is written, and what comes
// is skipped. Its type does not matter any more, so that _ struct{} is the one that
// takes no memory. Every field of that name has a place, also one that was never
// anything else; one tagged `msgpack:"-"` has none.
//
// What may not change: the order of fields; their number, but at the end (and who takes
// one away there may never append another: retire it); a kind of value for another (text
// and bytes, a boolean and a number, one and many, a struct and a map, any and a type
// of its own); N in [N]T. Mostly the message is then refused, but not where the bytes
// happen to fit. A name belongs to one type for ever, and what a field means does too.
//
// A message of a type that is not registered arrives as [Unknown], also within any, and
// is written again byte for byte. A program that knows an older version of a type, and
// sends on what it decoded, sends what it knows.
//
// # Own code
//
// A type with EncodeMsgpack and DecodeMsgpack (package msgpack), or else
// MarshalMsg and UnmarshalMsg (github.com/tinylib/msgp), writes and reads itself;
// it must write exactly one value, and not be embedded in another message. Addresses
// in it go by [EncodeAddress] and [DecodeAddress]; others do not pass. In a field it
// must write nil for nothing but its zero. What it reads into is used again for the next
// message, and so are the bytes: it keeps neither, nor the encoder or decoder. MarshalMsg
// and UnmarshalMsg are the faster pair.
//
// # Bounds
//
// Containers nest at most 32 deep, so recursive types (type Tree struct{ Kids
// []Tree }) may grow to 16 generations.
//
// A body makes its reader set aside at most 32 bytes for each of its own, and 16 KiB
// more, for slices, maps and what is in any, beside the message itself and its strings.
// One that would take more is refused before: thousands of structs of which hardly a
// field is there. A type's own code is trusted to be as modest. Asked for a map where a
// time is, package msgpack makes one as large as the time's bytes say, up to a million
// entries: a type that reads a map so looks first what there is (PeekCode).
//
// # Speed
//
// Both ways are plain functions over a value on the stack: there is no encoder and no
// decoder to keep for a link, to lock or to take from a pool, but for EncodeMsgpack and
// DecodeMsgpack, which are given one of the library's. What a type is read into is kept
// for the next message of the type, as is the copy by which a message with times,
// addresses or arrays is written, so that a message costs one allocation to read, and
// one for each string, slice and map in it, and none to write. Strings are not cut from
// one allocation: who kept one would keep them all. Decode checks all that it reads, so
// the structural check need not come before it.
package codec
