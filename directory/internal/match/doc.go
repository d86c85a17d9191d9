// Package match brings names and patterns together, also where there are very
// many of both.
//
// A [Pattern] is a regular expression that must match the whole of a name. From
// its text it knows what every name that it matches begins with: its prefix.
// That one string is what both indexes live on.
//
// [Names] is for the new pattern. It keeps names in order, so that those with
// one prefix stand together, and only they are tried.
//
// [Patterns] is for the new name. It keeps patterns by their prefixes, and the
// name looks for the beginnings of itself. A pattern that many ask for is there
// once, with one compiled program.
//
// Patterns are matched in time linear in the name, but the factor may be large;
// so the work on names comes in slices, and the caller decides when to go on.
//
// Names are valid UTF-8 here; what matches others is not defined. Everything
// is for one goroutine at a time, but a Pattern, once compiled, is for any.
package match
