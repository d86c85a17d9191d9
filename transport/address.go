package transport

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/google/uuid"
)

// A ProcessID is the identity of a process: a random UUID, new for each start.
// The zero value is no process.
type ProcessID [16]byte

// NewProcessID returns a new identity.
func NewProcessID() ProcessID { return ProcessID(uuid.New()) }

// String returns the whole identity in the form of a UUID.
func (p ProcessID) String() string { return uuid.UUID(p).String() }

// Short returns the first eight hexadecimal digits, which logs show.
func (p ProcessID) Short() string { return fmt.Sprintf("%x", p[:4]) }

// Less orders identities, for decisions that both ends of a link must share.
func (p ProcessID) Less(q ProcessID) bool { return string(p[:]) < string(q[:]) }

// An ActorID is the serial number of an actor in its process, from 1.
type ActorID uint64

// An Address names an actor wherever it runs. Addresses of the same actor are
// equal with ==. The zero Address is nobody.
type Address struct {
	Process ProcessID
	Actor   ActorID
	Key     uint64 // cannot be guessed; see Mint
}

// IsZero reports whether a is nobody.
func (a Address) IsZero() bool { return a == Address{} }

// String returns the form that logs show, without the key: 9e7db6d6:15.
func (a Address) String() string {
	if a.IsZero() {
		return "nobody"
	}
	return fmt.Sprintf("%s:%d", a.Process.Short(), a.Actor)
}

// A Mint makes the addresses of one process. The key in an address is a
// function of the actor and of a secret that never leaves the process, so that
// a peer can address only actors whose addresses it was given.
type Mint struct {
	process ProcessID
	block   cipher.Block
	blocks  sync.Pool // *[aes.BlockSize]byte: on the stack it would not stay there
}

// NewMint returns the mint of a process.
func NewMint(process ProcessID) *Mint {
	var secret [16]byte
	rand.Read(secret[:]) // never fails: crypto/rand
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		panic(err) // the key has one of the three legal sizes
	}
	return &Mint{process: process, block: block}
}

// Process returns the process whose addresses m makes.
func (m *Mint) Process() ProcessID { return m.process }

// Address returns the address of an actor.
func (m *Mint) Address(actor ActorID) Address {
	b, _ := m.blocks.Get().(*[aes.BlockSize]byte)
	if b == nil {
		b = new([aes.BlockSize]byte)
	}
	*b = [aes.BlockSize]byte{}
	binary.BigEndian.PutUint64(b[:], uint64(actor))
	m.block.Encrypt(b[:], b[:])
	key := binary.BigEndian.Uint64(b[:])
	m.blocks.Put(b)
	return Address{m.process, actor, key}
}

// Made reports whether m made a. How long it takes says nothing of the key.
func (m *Mint) Made(a Address) bool {
	made := m.Address(a.Actor).Key
	same := subtle.ConstantTimeEq(int32(made>>32), int32(a.Key>>32)) & subtle.ConstantTimeEq(int32(made), int32(a.Key))
	return a.Process == m.process && same == 1
}

// AddressSize is the length of the wire form of an address, in bytes.
const AddressSize = 32

// Append appends the wire form of a to b: process, actor and key, big-endian.
func (a Address) Append(b []byte) []byte {
	b = append(b, a.Process[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(a.Actor))
	return binary.BigEndian.AppendUint64(b, a.Key)
}

// AddressOf returns the address whose wire form is b.
func AddressOf(b [AddressSize]byte) Address {
	return Address{
		Process: ProcessID(b[:16]),
		Actor:   ActorID(binary.BigEndian.Uint64(b[16:])),
		Key:     binary.BigEndian.Uint64(b[24:]),
	}
}
