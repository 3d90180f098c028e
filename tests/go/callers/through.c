void callBack(void);

void call_back_through_c(void)
{
	callBack();
}
