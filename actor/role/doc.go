// Package role keeps the home of a composite process: the folder that says
// which roles it has and with what settings each of them is started.
//
// A composite process is a number of processes that are run together; a role
// is one of them, under a name: an executable, its settings, and what is
// remembered of it. The home is a folder, .layer-cake unless said otherwise:
//
//	.layer-cake/
//	    group.json             settings of group-cake, see [Group]
//	    lock                   locked (flock) while group-cake runs; its pid
//	    changes                locked while roles are added; shared by who lists them
//	    role/
//	        <name>/
//	            role.json      executable, settings and words, see [Role]
//	        .new-<random>/     an Add at work, or what is left of one that was killed
//
// Settings are kept as flags, and group-cake puts them on the role's command line. A
// role that is an actor.Main program knows them for what its file says, so that they go
// before the environment; one that is started by hand, with --home-path and --role-name,
// has them from there too.
//
// No other package writes in a home. A file is replaced as a whole, by rename,
// so that a reader finds the old or the new one; a role appears with all its
// files, or not at all. Adding several roles is one change: who lists them sees
// all or none. The two files that are locked are never unlinked while the home
// exists. Homes belong on a local disk: flock is not to be trusted on NFS.
//
// Reading is strict. A file with an unknown field, another version, or anything
// after its one value is an error that names the file.
//
// The errors of this package name the home, role or file and what is wrong with
// it, and leave it to the caller to say what was being done.
package role
