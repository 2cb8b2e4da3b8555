#include "scene/layout_work.h"

#include "scene/counts.h"

#define ONE_LINE_BELOW 348.0F  /* less than this for units and counts: the counts stand in one line */
#define SHEETS_HEIGHT 11.0F
#define PAD_SQUEEZED 12.0F     /* of an overview, times how narrow it is */
#define TITLED_FROM 0.6F       /* narrower headings in lanes say nothing any more */
#define LOW_BLOCK 20.0F        /* a block and its distances, the least below a heading */
#define LANE_LEAST 34.0F       /* of a lane below its heading */

/* ---- the body ---- */

static bool stacks_lanes(const Columns *columns)
{
    for (int d = 0; d < columns->n_depths; d++)
        if (columns->lanes[d] > 1) return true;
    return false;
}

/* Headings stand above the page unless every depth has several lanes. */
static bool heads_on_top(const Columns *columns)
{
    for (int d = 0; d < columns->n_depths; d++)
        if (columns->lanes[d] == 1) return true;
    return false;
}

static float head_height(const Work *work)
{
    const float height = heading_height(work->layout->type);
    if (!heads_on_top(work->columns)) return 12;
    return (work->manner->tiers > 1 ? 2 * height + TIER_GAP : height) + 28;
}

static void body_set(Layout *layout, float head)
{
    const Rect area = layout->area;
    const float line = layout->type.small * 1.42F;
    float bottom = area.y + area.h - 6;
    layout->count_height = line;
    if (layout->has_counts) bottom -= line * (layout->one_count_line ? 1 : 3) + 8;
    layout->counts_top = bottom;
    layout->body = (Rect){area.x, area.y + head, area.w, fmaxf(bottom - 8 - area.y - head, 10)};
}

/* In one line counts are wide: where most would be left out there are none. */
static bool counts_fit(const Work *work)
{
    const Layout *layout = work->layout;
    float taken = 0;
    if (!layout->one_count_line) return true;
    for (int c = 0; c < work->columns->n; c++)
        if (!stacks_at(work->columns, work->columns->column[c].depth)) taken += counts_width(layout, work->view, work->arena, c) + COUNTS_APART;
    return taken <= layout->area.w * fmaxf(work->view->zoom, 1);
}

static void frames_find(const Work *work)
{
    const Columns *columns = work->columns;
    int most = 0;
    for (int c = 0; c < columns->n; c++) {
        const int nesting = columns_nesting(work->variant->plan, &columns->column[c]);
        if (!stacks_at(columns, columns->column[c].depth) && nesting > most) most = nesting;
    }
    work->layout->frame_title = work->layout->type.small * 1.7F;
    work->layout->frames_top = work->layout->frame_title * (float)most;
}

void rooms_find_body(const Work *work)
{
    Layout *layout = work->layout;
    const float head = head_height(work);
    frames_find(work);
    layout->has_counts = layout->area.h > head + 120 && heads_on_top(work->columns);
    layout->one_count_line = layout->area.h < head + ONE_LINE_BELOW;
    layout->has_counts = layout->has_counts && counts_fit(work);
    body_set(layout, head);
}

/* ---- blocks ---- */

static float unit_max(const Work *work)
{
    const float type = work->layout->type.small / 13;
    return 52 * type * fit(work->view->zoom, 1, 3);
}

static BlockOffer offer_for(const Work *work, int c, const int64_t *show, Rect room)
{
    const float small = work->layout->type.small;
    return (BlockOffer){.room = room, .unit_max = unit_max(work), .number_w = small * 4.05F, .number_h = small * 1.35F,
                        .cell_max = unit_max(work) * 0.9F,
                        .channels_first = work->columns->column[c].channels_first, .show = show ? show[c] : -1};
}

/* The sheets of the batch stand behind inputs and results, over their upper edge. */
float rooms_sheets(const Column *column)
{
    const bool open = column->shape.rank && column->shape.dim[0] == DIM_NONE;
    return open && (column->input || column->result) ? SHEETS_HEIGHT : 0;
}

/* Larger tensors get more of the height, up to three times. */
static float weight_of(const Column *column)
{
    const int64_t size = column->size;
    return fit(sqrtf((float)size) / 3, 1, 3);
}

bool rooms_lane_is_low(const Work *work, int c)
{
    const Layout *layout = work->layout;
    const int lanes = work->columns->lanes[work->columns->column[c].depth];
    const float height = (layout->page.h - layout->cable_top - layout->frames_top) / (float)lanes;
    return lanes > 1 && height < layout->type.title * 1.3F + rooms_sheets(&work->columns->column[c]) + LOW_BLOCK;
}

bool rooms_lane_is_titled(const Work *work) { return powf(work->squeeze, work->yield) >= TITLED_FROM; }

/* What a lane takes before any unit is drawn. */
static float base_of(const Work *work, int c, float height)
{
    const int lanes = work->columns->lanes[work->columns->column[c].depth];
    const float heading = rooms_lane_is_titled(work) && !work->layout->place[c].beside ? heading_own_height(&work->layout->heading[c], work->layout->type) : 0;
    return fminf(heading + LANE_LEAST, height / (float)lanes);
}

/* The slot of a column's lane in a height: from, and how high. What headings leave is shared by weight. */
static Point slot_of(const Work *work, int c, float height)
{
    const Columns *columns = work->columns;
    float before = 0, all = 0, base = 0, base_before = 0;
    if (columns->lanes[columns->column[c].depth] == 1) return (Point){0, height};
    for (int i = 0; i < columns->n; i++) {
        if (columns->column[i].depth != columns->column[c].depth) continue;
        const bool above = columns->column[i].lane < columns->column[c].lane;
        all += weight_of(&columns->column[i]);
        base += base_of(work, i, height);
        if (above) before += weight_of(&columns->column[i]);
        if (above) base_before += base_of(work, i, height);
    }
    const float rest = fmaxf(height - base, 0);
    return (Point){base_before + rest * before / all, base_of(work, c, height) + rest * weight_of(&columns->column[c]) / all};
}

/* In low slots the heading goes without its last line, in very low ones without the shape. */
static float lane_heading(const Work *work, int c, float slot)
{
    const Type type = work->layout->type;
    if (!rooms_lane_is_titled(work)) return 0;
    if (work->layout->heading[c].brief) return heading_own_height(&work->layout->heading[c], type);
    const float full = heading_own_height(&work->layout->heading[c], type), bare = full - type.small * (type.terse ? 0 : 1.6F);
    if (slot > full * 2.4F) return full;
    return slot > bare * 2.2F ? bare : bare - type.shape * 1.5F;
}

/* Above all rooms: cables, and below them the names of frames. */
static float head_room(const Layout *layout) { return layout->cable_top + layout->frames_top; }

/* The room of a column: a slot of the page's height, its own heading inside where several stand at one depth. */
static Rect room_of(const Work *work, int c, Rect page)
{
    const Columns *columns = work->columns;
    const Column *column = &columns->column[c];
    const float top = head_room(work->layout);
    const Point slot = slot_of(work, c, page.h - top);
    Rect room = {page.x, page.y + top + slot.x, page.w, slot.y};
    if (!stacks_lanes(columns)) return room;
    if (work->layout->place[c].beside) {
        room.y += rooms_sheets(column) + 2;
        room.h -= rooms_sheets(column) + 6;
    } else if (stacks_at(columns, column->depth)) {
        const float frames = work->layout->frame_title * (float)columns_nesting(work->variant->plan, column);
        const float head = lane_heading(work, c, slot.y) + rooms_sheets(column) + frames + 6;
        room.y += head;
        room.h -= head + 18;
    }
    room.h = fmaxf(room.h, fminf(10, slot.y * 0.6F));
    return room;
}

float rooms_lane_heading(const Work *work, int c)
{
    return lane_heading(work, c, slot_of(work, c, work->layout->page.h - head_room(work->layout)).y);
}

/* What aggregates says so in a line below. */
static void block_with_note(const Work *work, int c, const int64_t *show, Place *place)
{
    Rect room = place->room;
    BlockOffer offer = offer_for(work, c, show, room);
    block_make(&place->block, &work->columns->column[c].sample, &offer);
    if (!block_aggregates(&place->block)) return;
    offer.room.h = fmaxf(room.h - work->layout->type.small * 1.8F, 10);
    block_make(&place->block, &work->columns->column[c].sample, &offer);
}

/* What a block may take of the width; in a lane as much as its heading. */
static float room_width(const Work *work, int c)
{
    const float heading = work->layout->heading[c].width, most = SHARE_MAX * fmaxf(work->view->zoom, 1);
    const bool lane = stacks_at(work->columns, work->columns->column[c].depth) && rooms_lane_is_titled(work);
    const float width = fminf(fmaxf(work->share, heading * 0.9F) * work->squeeze, most);
    return lane ? fmaxf(width, fminf(heading * powf(work->squeeze, work->yield) - 2 * PANEL_PAD, work->share)) : width;
}

void rooms_make_blocks(const Work *work, const int64_t *show, Rect page)
{
    for (int c = 0; c < work->columns->n; c++) {
        Place *place = &work->layout->place[c];
        place->room = room_of(work, c, page);
        place->room.w = room_width(work, c);
        if (work->columns->column[c].size > 0 && work->columns->column[c].tensor >= 0) block_with_note(work, c, show, place);
        else place->block = (Block){.area = {page.x, place->room.y + place->room.h * 0.3F, fminf(40, place->room.w), place->room.h * 0.4F}};
    }
}

float rooms_pad(const Work *work, const Block *block)
{
    const float pad = block->form == BLOCK_UNITS ? fit(block->unit * 0.28F, 3, PANEL_PAD) : 3;
    return fminf(pad, fmaxf(PAD_SQUEEZED * work->squeeze, 0.05F));
}
