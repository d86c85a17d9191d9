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
// The fields of a struct are the exported ones and embedded structs; one tagged
// `msgpack:"-"` stays behind, and so do unexported ones. A struct all of whose
// fields would stay behind is refused, unless it can write itself as
// encoding.BinaryMarshaler (bin) or encoding.TextMarshaler (string) do.
//
// Fields may be appended to a struct, or taken from its end, while old programs
// run: a reader skips what it does not know, and what is missing stays zero.
//
// A reader takes any integer that fits the field, and an integer for a float. It
// refuses what does not fit: 300 for a uint8, −1 for a uint, 1e300 for a
// float32. A float 64 is rounded to a float32. It refuses a key that comes twice.
//
// A type with EncodeMsgpack and DecodeMsgpack (package msgpack), or else
// MarshalMsg and UnmarshalMsg (github.com/tinylib/msgp), writes and reads itself;
// it must write exactly one value, and not be embedded in another message. Addresses
// in it go by [EncodeAddress] and [DecodeAddress].
//
// Containers nest at most 32 deep, so recursive types (type Tree struct{ Kids
// []Tree }) may grow to 16 generations.
package codec
