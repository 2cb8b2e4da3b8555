#include "scene/block.h"

#include <math.h>

/* Points. Below these a unit becomes a cell, a strip is wrapped, a map goes to another page. */
#define PITCH_MIN 4.4F
#define ABREAST_UNIT 6.5F
#define ABREAST_GAP 1.2F
#define STRIP_CELL_MIN 2.0F
#define WRAP_CELL 6.0F
#define WRAP_CELL_MIN 2.5F
#define STRIP_WIDTH 18.0F
#define ROW_CELL_MIN 2.5F
#define LINE_MIN 4.0F
#define MAP_MIN 18.0F
#define GROUP_GAP_MAX 30.0F
#define CELLS_FINE 4e5

enum { PICTURE_MIN = 12, ABREAST_MOST = 4, ABREAST_UNITS = 256 };

static float group_gap(float slot) { return fminf(GROUP_GAP_MAX, slot * 0.13F); }

static int64_t ceil_divide(int64_t a, int64_t b) { return a / b + (a % b != 0); }

static int64_t clamp64(double wanted, int64_t low, int64_t high)
{
    return !(wanted > (double)low) ? low : wanted >= (double)high ? high : (int64_t)wanted;
}

static Rect centred(Rect room, float w, float h)
{
    return (Rect){room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h};
}

/* ---- units ---- */

/* Of the pitch, a unit's height: closer together where only so a number fits. */
static float unit_share(const BlockOffer *offer, float pitch)
{
    if (pitch <= 16) return 0.96F;
    return pitch * 0.86F < offer->number_h ? 0.94F : 0.86F;
}

/* Each unit has a height of its own, where its wires end, and is larger than that by standing beside its neighbours. */
static bool units_fit_abreast(Block *block, const BlockOffer *offer, float inner)
{
    const float share = unit_share(offer, PITCH_MIN);
    if (block->size > ABREAST_UNITS || block->per < ABREAST_MOST) return false;
    for (int64_t n = 2; n <= ABREAST_MOST; n++) {
        const float pitch = inner / ((float)(block->per - 1) + share * (float)n), unit = pitch * share * (float)n;
        const float width = unit * (float)n + ABREAST_GAP * (float)(n - 1);
        if (unit < ABREAST_UNIT || width > offer->room.w) continue;
        block->abreast = n;
        block->pitch = pitch;
        block->unit = block->unit_w = unit;
        block->area = centred(offer->room, width, block->slot * (float)(block->groups - 1) + pitch * (float)(block->per - 1) + unit);
        return true;
    }
    return false;
}

/* Groups share the height in equal slots, so that row r stands at the same height in every column; a single group
 * has all of it. */
static bool units_fit(Block *block, const BlockOffer *offer)
{
    const float slot = offer->room.h / (float)block->groups;
    const float inner = block->groups > 1 ? slot - group_gap(slot) : slot;
    const float spread = block->groups > 1 ? 1.65F : 3.4F;
    const float pitch = fminf(inner / (float)block->per, offer->unit_max * spread);
    block->form = BLOCK_UNITS;
    block->slot = slot;
    block->abreast = 1;
    if (pitch < PITCH_MIN) return units_fit_abreast(block, offer, inner);
    block->pitch = pitch;
    block->unit = fminf(fminf(offer->unit_max, pitch * unit_share(offer, pitch)), offer->room.w);
    const bool pill = block->unit >= offer->number_h && block->unit * 1.17F < offer->number_w;
    block->unit_w = pill ? fminf(offer->number_w, offer->room.w) : block->unit;
    const float used = slot * (float)(block->groups - 1) + pitch * (float)(block->per - 1) + block->unit;
    block->area = centred(offer->room, block->unit_w, used);
    return true;
}

/* ---- cells ---- */

static void maps_set(Block *block, float map_w, float map_h, float gap_x, float gap_y)
{
    block->form = BLOCK_CELLS;
    block->map_w = map_w;
    block->map_h = map_h;
    block->step_x = map_w + gap_x;
    block->step_y = map_h + gap_y;
    block->cell_columns = (int)clamp64((double)map_w * 2, 1, block->columns);
    block->cell_rows = (int)clamp64((double)map_h * 2, 1, block->rows);
}

/* A strip of one column; wrapped in reading order when a cell would be too thin to see. */
static void strip_make(Block *block, const BlockOffer *offer)
{
    const float w = offer->room.w, h = offer->room.h;
    int64_t columns = 1;
    float cell_w = fminf(STRIP_WIDTH, w), cell_h = h / (float)block->size;
    if (cell_h < STRIP_CELL_MIN) {
        float cell = fminf(WRAP_CELL, sqrtf(w * h / (float)block->size));
        cell = fminf(fmaxf(cell, WRAP_CELL_MIN), w);
        columns = clamp64(ceil((double)block->size / floor((double)(h / cell))), 1, clamp64((double)(w / cell), 1, INT64_MAX / 4));
        cell_w = cell;
    }
    block->maps = block->channels = 1;
    block->columns = columns;
    block->rows = ceil_divide(block->size, columns);
    cell_h = fminf(h / (float)block->rows, columns == 1 ? offer->cell_max : cell_w);
    block->across = block->shown_maps = 1;
    maps_set(block, cell_w * (float)columns, cell_h * (float)block->rows, 0, 0);
    block->area = centred(offer->room, block->map_w, block->map_h);
}

/* Rows as maps of wrapped cells: rows stay rows although they are long. */
static bool long_rows_fit(Block *block, const BlockOffer *offer)
{
    const int64_t rows = block->shape.dim[0], per = block->shape.dim[1];
    const float slot = offer->room.h / (float)rows, inner = slot - group_gap(slot);
    const float cell = fminf(fminf(12, offer->cell_max), sqrtf(inner * offer->room.w / (float)per) * 0.96F);
    if (cell < WRAP_CELL_MIN) return false;
    const int64_t down = clamp64(floor((double)(inner / cell)), 1, per);
    block->rows_are_maps = true;
    block->maps = block->shown_maps = rows;
    block->channels = block->across = 1;
    block->columns = ceil_divide(per, down);
    block->rows = ceil_divide(per, block->columns);
    const float w = fminf(cell * (float)block->columns, offer->room.w), h = cell * (float)block->rows;
    maps_set(block, w, h, 0, slot - h);
    block->area = centred(offer->room, w, slot * (float)(rows - 1) + h);
    return true;
}

/* About as many rows as columns, and many of both: a picture, to be seen undistorted. */
static bool is_picture(const Shape *shape)
{
    const int64_t rows = shape->dim[0], columns = shape->dim[1];
    return rows >= PICTURE_MIN && columns >= PICTURE_MIN && rows <= 2 * columns && columns <= 2 * rows;
}

/* Each row a line of cells, at the height that it has as units. */
static bool lines_fit(Block *block, const BlockOffer *offer)
{
    const int64_t rows = block->shape.dim[0], per = block->shape.dim[1];
    const float slot = offer->room.h / (float)rows, cell = fminf(offer->cell_max, offer->room.w / (float)per);
    if (cell < ROW_CELL_MIN || slot < LINE_MIN) return false;
    block->rows_are_maps = true;
    block->maps = block->shown_maps = rows;
    block->channels = block->across = block->rows = 1;
    block->columns = per;
    const float h = fminf(slot - group_gap(slot), cell * 4);
    maps_set(block, cell * (float)per, h, 0, slot - h);
    block->area = centred(offer->room, block->map_w, slot * (float)(rows - 1) + h);
    return true;
}

static void matrix_make(Block *block, const BlockOffer *offer)
{
    const float w = offer->room.w, h = offer->room.h;
    const int64_t rows = block->shape.dim[0], columns = block->shape.dim[1];
    const bool picture = is_picture(&block->shape);
    if (!picture && lines_fit(block, offer)) return;
    if (w / (float)columns < ROW_CELL_MIN && long_rows_fit(block, offer)) return;
    block->maps = block->channels = block->across = block->shown_maps = 1;
    block->rows = rows;
    block->columns = columns;
    const float cell_w = fminf(offer->cell_max, w / (float)columns), cell_h = fminf(offer->cell_max, h / (float)rows);
    const float stretch = picture ? 1 : 4;
    const float map_w = fminf(cell_w, cell_h * stretch) * (float)columns, map_h = fminf(cell_h, cell_w * stretch) * (float)rows;
    maps_set(block, fmaxf(map_w, fminf(w, 4)), fmaxf(map_h, fminf(h, 4)), 0, 0);
    block->area = centred(offer->room, block->map_w, block->map_h);
}

static float map_gap(int64_t maps) { return maps > 64 ? 3 : maps > 16 ? 6 : 10; }

/* Width of a map when `across` stand side by side. */
static float map_width(const Block *block, const BlockOffer *offer, int64_t maps, int64_t across)
{
    const float gap = map_gap(maps), down = (float)ceil_divide(maps, across);
    const float w = (offer->room.w - gap * (float)(across - 1)) / (float)across;
    const float h = (offer->room.h - gap * (down - 1)) / down;
    const float cell = fminf(fminf(w / (float)block->columns, h / (float)block->rows), offer->cell_max);
    return cell * (float)block->columns;
}

/* One more column of maps is worth it when they get clearly larger: the order is easiest to follow down one column. */
static int64_t best_across(const Block *block, const BlockOffer *offer, int64_t maps)
{
    int64_t best = 1;
    const int64_t most = maps < 64 ? maps : 64;
    for (int64_t across = 2; across <= most; across++)
        if (map_width(block, offer, maps, across) > map_width(block, offer, maps, best) * 1.3F) best = across;
    return best;
}

/* As many maps as can be seen; the page that holds offer->show. */
static void maps_page(Block *block, const BlockOffer *offer)
{
    const float side = MAP_MIN + map_gap(block->maps);
    const double fit = fmax(1, floor((double)(offer->room.w / side))) * fmax(1, floor((double)(offer->room.h / side)));
    block->shown_maps = clamp64(fit, 1, block->maps);
    const int64_t shown = offer->show < 0 ? 0 : block_map_of(block, offer->show);
    block->first_map = shown / block->shown_maps * block->shown_maps;
    if (block->first_map + block->shown_maps > block->maps) block->first_map = block->maps - block->shown_maps;
}

/* Very many cells are drawn one to a point, not two. */
static void cells_thin(Block *block)
{
    if ((double)block->cell_rows * block->cell_columns * (double)block->shown_maps < CELLS_FINE) return;
    block->cell_columns = (int)clamp64((double)block->map_w, 1, block->columns);
    block->cell_rows = (int)clamp64((double)block->map_h, 1, block->rows);
}

static void maps_make(Block *block, const BlockOffer *offer)
{
    const Shape *shape = &block->shape;
    const int rank = shape->rank;
    block->channels_first = offer->channels_first;
    block->rows = shape->dim[offer->channels_first ? rank - 2 : rank - 3];
    block->columns = shape->dim[offer->channels_first ? rank - 1 : rank - 2];
    block->channels = offer->channels_first ? 1 : shape->dim[rank - 1];
    block->maps = block->size / (block->rows * block->columns);
    maps_page(block, offer);
    block->across = best_across(block, offer, block->shown_maps);
    const float gap = map_gap(block->shown_maps), down = (float)ceil_divide(block->shown_maps, block->across);
    const float w = fmaxf(map_width(block, offer, block->shown_maps, block->across), 1);
    const float h = w * (float)block->rows / (float)block->columns;
    const float spread = fminf((offer->room.h - h * down) / down, h * 0.35F + gap);
    maps_set(block, w, h, gap, fmaxf(gap * 0.5F, spread));
    cells_thin(block);
    block->area = centred(offer->room, block->step_x * (float)block->across - gap, block->step_y * (down - 1) + h);
}

/* ---- both ---- */

void block_make(Block *block, const Shape *sample, const BlockOffer *offer)
{
    *block = (Block){.shape = *sample, .size = shape_size(sample), .groups = 1, .per = 1};
    block->area = centred(offer->room, 0, 0);
    if (block->size <= 0 || block->size == INT64_MAX) {
        block->size = 0;
        return;
    }
    const int rank = sample->rank;
    block->per = rank ? sample->dim[rank - 1] : 1;
    block->groups = rank == 2 ? sample->dim[0] : 1;
    if (rank <= 2 && units_fit(block, offer)) return;
    if (rank <= 1) strip_make(block, offer);
    else if (rank == 2) matrix_make(block, offer);
    else maps_make(block, offer);
}

int64_t block_map_of(const Block *block, int64_t e)
{
    int64_t map, row, column;
    block_place(block, e, &map, &row, &column);
    return map;
}

void block_place(const Block *block, int64_t e, int64_t *map, int64_t *row, int64_t *column)
{
    const int64_t per = block->rows_are_maps ? block->shape.dim[1] : block->rows * block->columns;
    const int64_t channel = e % block->channels, place = e / block->channels;
    *map = place / per * block->channels + channel;
    *row = place % per / block->columns;
    *column = place % per % block->columns;
}

int64_t block_element(const Block *block, int64_t map, int64_t row, int64_t column)
{
    if (map < 0 || map >= block->maps || row < 0 || row >= block->rows || column < 0 || column >= block->columns) return -1;
    const int64_t per = block->rows_are_maps ? block->shape.dim[1] : block->rows * block->columns;
    const int64_t place = row * block->columns + column;
    if (place >= per) return -1;
    const int64_t e = (map / block->channels * per + place) * block->channels + map % block->channels;
    return e < block->size ? e : -1;
}

Rect block_group(const Block *block, int64_t group)
{
    return (Rect){block->area.x, block->area.y + block->slot * (float)group, block->area.w,
                  block->pitch * (float)(block->per - 1) + block->unit};
}

Rect block_map(const Block *block, int64_t map)
{
    const int64_t at = map - block->first_map;
    return (Rect){block->area.x + block->step_x * (float)(at % block->across),
                  block->area.y + block->step_y * (float)(at / block->across), block->map_w, block->map_h};
}

bool block_shows(const Block *block, int64_t e)
{
    if (e < 0 || e >= block->size) return false;
    if (block->form == BLOCK_UNITS) return true;
    const int64_t map = block_map_of(block, e);
    return map >= block->first_map && map < block->first_map + block->shown_maps;
}

static Rect cell_rect(const Block *block, int64_t e)
{
    int64_t map, row, column;
    block_place(block, e, &map, &row, &column);
    const Rect at = block_map(block, map);
    const double w = (double)at.w / (double)block->columns, h = (double)at.h / (double)block->rows;
    return (Rect){(float)((double)at.x + w * (double)column), (float)((double)at.y + h * (double)row), (float)w, (float)h};
}

Rect block_unit(const Block *block, int64_t e)
{
    if (!block_shows(block, e)) return (Rect){block->area.x + block->area.w / 2, block->area.y + block->area.h, 0, 0};
    if (block->form == BLOCK_CELLS) return cell_rect(block, e);
    const Rect group = block_group(block, e / block->per);
    const int64_t at = e % block->per;
    return (Rect){group.x + (block->unit_w + ABREAST_GAP) * (float)(at % block->abreast), group.y + block->pitch * (float)at, block->unit_w, block->unit};
}

static int64_t unit_at(const Block *block, Point p)
{
    const float y = p.y - block->area.y;
    const int64_t group = block->groups > 1 ? (int64_t)(y / block->slot) : 0;
    const int64_t last = (int64_t)((y - block->slot * (float)group * (block->groups > 1 ? 1.0F : 0.0F)) / block->pitch);
    if (group >= block->groups) return -1;
    for (int64_t at = last < block->per ? last : block->per - 1; at >= 0 && at > last - block->abreast - 1; at--)
        if (rect_holds(block_unit(block, group * block->per + at), p)) return group * block->per + at;
    return -1;
}

static int64_t cell_at(const Block *block, Point p)
{
    const int64_t right = (int64_t)((p.x - block->area.x) / block->step_x), down = (int64_t)((p.y - block->area.y) / block->step_y);
    const int64_t map = block->first_map + down * block->across + right;
    if (right >= block->across || map >= block->first_map + block->shown_maps) return -1;
    const Rect at = block_map(block, map);
    if (!rect_holds(at, p)) return -1;
    const int64_t column = (int64_t)((double)(p.x - at.x) / (double)at.w * (double)block->columns);
    const int64_t row = (int64_t)((double)(p.y - at.y) / (double)at.h * (double)block->rows);
    return block_element(block, map, row, column);
}

int64_t block_at(const Block *block, Point p)
{
    if (!block->size || !rect_holds(block->area, p)) return -1;
    return block->form == BLOCK_UNITS ? unit_at(block, p) : cell_at(block, p);
}

bool block_aggregates(const Block *block)
{
    return block->form == BLOCK_CELLS &&
           (block->cell_columns < block->columns || block->cell_rows < block->rows || block->shown_maps < block->maps);
}
