/*
 * witness.h
 *		What a witness is made of.  postgres.h comes first.
 *
 * A witness tells whether a head may have changed in other ways than through its
 * triggers.  It is compared as bytes, and taken apart only to say what differs.
 * It holds OIDs and transaction ids of one database: in another one, or after a
 * restore, it never equals, which is what it is for.
 *
 *		u8 version (WITNESS_VERSION)
 *		u32 number of tables: the head, then its partitions by OID
 *		each table:
 *			u32 OID
 *			u32 file node (0: partitioned, or mapped)
 *			u32 number of attributes, in their order:
 *				u16 number, u8 dropped, string name, u32 type, u32 modifier,
 *				u32 collation
 *			u32 number of our triggers, in the order of their names:
 *				string name, u32 OID, u8 state, u32 xmin of its row, u32 function
 *
 * Numbers have their lowest byte first; a string is u32 length and bytes.
 */
#ifndef ALLMENDE_VERSION_WITNESS_H
#define ALLMENDE_VERSION_WITNESS_H

#define WITNESS_VERSION 1

#endif							/* ALLMENDE_VERSION_WITNESS_H */
