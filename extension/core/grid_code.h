/*
 * grid_code.h
 *		Cells of the European grid ETRS89-LAEA (INSPIRE, GeoGitter).
 *
 * A cell is a square in EPSG:3035 whose edge length is one of seven sizes and
 * whose lower-left corner has multiples of the size as its northing and easting
 * in metres.  Sources: Regulation (EU) 2018/1799, Article 3 and Annex, for the
 * grid's bounds and the long form of its identifiers; INSPIRE Data
 * Specification on Geographical Grid Systems D2.8.I.2; Bundesamt für
 * Kartographie und Geodäsie, GeoGitter, for the sizes.
 */
#ifndef ALLMENDE_GRID_CODE_H
#define ALLMENDE_GRID_CODE_H

#include "core.h"

#define GRID_SRID 3035

/*
 * The grid's bounds in metres: multiples of every size, so that a cell lies
 * within them as soon as its lower-left corner does.
 */
#define GRID_NORTHING_FIRST 900000
#define GRID_NORTHING_END 5500000
#define GRID_EASTING_FIRST 900000
#define GRID_EASTING_END 7400000

#define GRID_SIZES 7
#define GRID_SIZES_TEXT "100 m, 250 m, 500 m, 1 km, 5 km, 10 km and 100 km"

/*
 * A cell: the ordinal of its size from 1 (4 bits), then northing / 25 and
 * easting / 25 of its lower-left corner (19 bits each).  The order of these
 * numbers is by size, then northing, then easting; they fit an int64.
 */
typedef uint64_t GridCode;

/* the longest form is CRS3035RES100000mN5400000E7300000 */
#define GRID_TEXT_SIZE 34

/*
 * Cells of one size that form a rectangle, row by row from the south.
 * Northing and easting are those of the first, lower-left cell.
 */
typedef struct GridBlock
{
	int32_t		size;
	int32_t		northing;
	int32_t		easting;
	int32_t		rows;
	int32_t		columns;
} GridBlock;

#define GRID_NEIGHBOURS 8

/* Is this edge length in metres one of the grid's? */
extern bool grid_is_size(int32_t size);

/*
 * The cell with this lower-left corner, in metres.  Fails for an unknown size,
 * a corner outside of the bounds, and one that is not a multiple of the size.
 */
extern bool grid_make(int32_t size, int32_t northing, int32_t easting,
					  GridCode *code, CoreError *error);

/*
 * The cell in which a point of EPSG:3035 lies.  Its lower and left edge
 * belong to a cell, the upper and right one to its neighbours.  False outside
 * of the bounds and for coordinates that are not numbers.  size is one of the
 * grid's.
 */
extern bool grid_of_point(double northing, double easting, int32_t size,
						  GridCode *code);

/*
 * Read a cell in any of the forms below, each with the easting before the
 * northing too and after a country prefix such as "DE_"; nothing may surround
 * it.
 *
 * long		CRS3035RES100mN2689500E4337500		size and corner in metres
 * short	100mN26895E43375, 1kmN2689E4337		size in m or km; the corner
 *				without as many digits as the size in metres has final zeros
 * hybrid	100mN2689500E4337500				as short, corner in metres
 *
 * The short and the hybrid form cannot be confused: a shortened coordinate is
 * always less than 900000, one in metres never.
 */
extern bool grid_parse(const char *text, size_t length, GridCode *code,
					   CoreError *error);

/* Write the long form with its terminating NUL; returns its length. */
extern size_t grid_format(GridCode code, char text[GRID_TEXT_SIZE]);

/* Write the short form, sizes from 1000 m in km; returns its length. */
extern size_t grid_format_short(GridCode code, char text[GRID_TEXT_SIZE]);

/* Is this number, from a file or the network, a cell? */
extern bool grid_check(uint64_t number, CoreError *error);

/* Edge length and lower-left corner in metres. */
extern int32_t grid_size(GridCode code);
extern int32_t grid_northing(GridCode code);
extern int32_t grid_easting(GridCode code);

/*
 * The cell of a size that contains this one.  False where cells do not nest:
 * size is not a multiple of the cell's.  A cell is its own parent of its own
 * size.  size is one of the grid's.
 */
extern bool grid_parent(GridCode code, int32_t size, GridCode *parent);

/* The next size above that nests, in metres; 0 for the largest. */
extern int32_t grid_parent_size(int32_t size);

/* Does the square of inner lie in that of outer?  True for equal cells. */
extern bool grid_contains(GridCode outer, GridCode inner);

/*
 * The cells of a size that make up this one.  False where the cell's size is
 * not a multiple of it.  size is one of the grid's.
 */
extern bool grid_children(GridCode code, int32_t size, GridBlock *children);

/*
 * The cells of a size that a closed box in EPSG:3035 meets, those apart that
 * only touch its lower or left edge from outside.  False where there are none
 * within the bounds, and for corners that are not numbers.  size is one of the
 * grid's.
 */
extern bool grid_cover(double south, double west, double north, double east,
					   int32_t size, GridBlock *cells);

/* The number of cells, and the one at an index from 0; ascending order. */
extern int64_t grid_block_count(const GridBlock *block);
extern GridCode grid_block_cell(const GridBlock *block, int64_t index);

/*
 * The cells of the same size that share an edge or a corner with this one, in
 * ascending order; returns how many there are, fewer than 8 at the grid's rim.
 */
extern int	grid_neighbours(GridCode code,
							GridCode neighbours[GRID_NEIGHBOURS]);

#endif							/* ALLMENDE_GRID_CODE_H */
