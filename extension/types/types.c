/*
 * types.c
 *		Errors of input and index conditions, the same for every type.
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"

#include "types.h"

void
type_input_error(const char *type, const char *text, const CoreError *error,
				 const char *hint)
{
	const char *at;

	if (error->position == CORE_NO_POSITION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", type, text),
				 errdetail("%s.", error->reason),
				 hint ? errhint("%s", hint) : 0));

	at = text + error->position;
	if (*at == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", type, text),
				 errdetail("%s at character %d, found end of text.",
						   error->reason,
						   pg_mbstrlen_with_len(text, (int) error->position) + 1),
				 hint ? errhint("%s", hint) : 0));

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%s\"", type, text),
			 errdetail("%s at character %d, found \"%.*s\".",
					   error->reason,
					   pg_mbstrlen_with_len(text, (int) error->position) + 1,
					   pg_mblen(at), at),
			 hint ? errhint("%s", hint) : 0));
}

void
type_binary_error(const char *type, const CoreError *error)
{
	if (error->position == CORE_NO_POSITION)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value of type %s", type),
				 errdetail("%s.", error->reason)));

	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary value of type %s", type),
			 errdetail("%s at byte %ld.", error->reason,
					   error->position + 1)));
}

/*
 * The expression function(operand), folded where operand is a constant;
 * function is looked up in the schema of the function sibling.
 */
static Node *
call_on_operand(PlannerInfo * root, Oid sibling, const char *function,
				Node * operand)
{
	char	   *schema = get_namespace_name(get_func_namespace(sibling));
	Oid			argument = exprType(operand);
	Oid			id = LookupFuncName(list_make2(makeString(schema),
											   makeString(pstrdup(function))),
									1, &argument, false);
	FuncExpr   *call = makeFuncExpr(id, get_func_rettype(id),
									list_make1(copyObject(operand)),
									InvalidOid, InvalidOid,
									COERCE_EXPLICIT_CALL);

	return eval_const_expressions(root, (Node *) call);
}

List *
type_index_range(Node * question, int column_argument, const char *first,
				 const char *last, bool lossy)
{
	SupportRequestIndexCondition *request;
	List	   *arguments;
	Node	   *column;
	Node	   *operand;
	Node	   *low;
	Node	   *high;
	Oid			type;
	Oid			above;
	Oid			below;

	if (!IsA(question, SupportRequestIndexCondition))
		return NIL;
	request = (SupportRequestIndexCondition *) question;
	if (is_opclause(request->node))
		arguments = ((OpExpr *) request->node)->args;
	else if (is_funcclause(request->node))
		arguments = ((FuncExpr *) request->node)->args;
	else
		return NIL;

	if (request->indexarg != column_argument || list_length(arguments) != 2)
		return NIL;
	column = list_nth(arguments, column_argument);
	operand = list_nth(arguments, 1 - column_argument);
	if (!is_pseudo_constant_for_index(request->root, operand, request->index))
		return NIL;

	type = exprType(column);
	above = get_opfamily_member(request->opfamily, type, type,
								BTGreaterEqualStrategyNumber);
	below = get_opfamily_member(request->opfamily, type, type,
								BTLessEqualStrategyNumber);
	if (!OidIsValid(above) || !OidIsValid(below))
		return NIL;

	low = first == NULL ? copyObject(operand) :
		call_on_operand(request->root, request->funcid, first, operand);
	high = call_on_operand(request->root, request->funcid, last, operand);
	request->lossy = lossy;
	return list_make2(make_opclause(above, BOOLOID, false,
									(Expr *) copyObject(column), (Expr *) low,
									InvalidOid, InvalidOid),
					  make_opclause(below, BOOLOID, false,
									(Expr *) copyObject(column), (Expr *) high,
									InvalidOid, InvalidOid));
}
